using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger;

/// <summary>The planted mistake that each race must notice: the authority is checked, and the event written afterwards.</summary>
internal static class CheckThenInsert
{
    public static async Task<bool> AdmitAsync(LedgerWorld world, Authority authority)
    {
        await using var connection = await world.Database.OpenConnectionAsync();
        await using var check = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM agents WHERE id = $1 AND status = 'active' AND authority_version = $2)", connection);
        check.Parameters.Add(new NpgsqlParameter<string> { TypedValue = authority.Agent.Id });
        check.Parameters.Add(new NpgsqlParameter<long> { TypedValue = authority.Version });
        if (await check.ExecuteScalarAsync() is not true)
        {
            return false;
        }

        await using var insert = new NpgsqlCommand(AuditEvent.Insert, connection);
        new AuditEvent { Kind = "admitted", Decision = "allow", Authority = authority }.AddTo(insert.Parameters);
        await insert.ExecuteNonQueryAsync();
        return true;
    }
}
