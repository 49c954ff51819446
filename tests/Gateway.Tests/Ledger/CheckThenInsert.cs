using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger;

/// <summary>
/// The planted mistake that each race must notice: the authority is checked, and the event written afterwards. What may come in
/// between is as long as the race takes to count, so no machine is too slow or too fast to show it.
/// </summary>
internal sealed class CheckThenInsert(LedgerWorld world, TakeawayRace race)
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _found;

    /// <summary>Ends once somebody has checked and has not written.</summary>
    public Task Held => _held.Task;

    public async Task<bool> AdmitAsync(Authority authority)
    {
        if (!await IsCurrentAsync(authority))
        {
            return false;
        }

        // The first goes straight through: without an admission before it the takeaway would prove nothing.
        if (Interlocked.Increment(ref _found) > 1)
        {
            _held.TrySetResult();
            await race.Counted;
        }

        await using var insert = world.Database.CreateCommand(AuditEvent.Insert);
        new AuditEvent { Kind = "admitted", Decision = "allow", Authority = authority }.AddTo(insert.Parameters);
        await insert.ExecuteNonQueryAsync();
        return true;
    }

    private async Task<bool> IsCurrentAsync(Authority authority)
    {
        await using var check = world.Database.CreateCommand(
            "SELECT EXISTS (SELECT FROM agents WHERE id = $1 AND status = 'active' AND authority_version = $2)");
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = authority.Agent.Id });
        check.Parameters.Add(new NpgsqlParameter<long> { TypedValue = authority.Version });
        return await check.ExecuteScalarAsync() is true;
    }
}
