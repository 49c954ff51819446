using AgentGateway.Gateway.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>Settles whatever attempt has the key now: one that was overtaken overwrites the outcome of the other.</summary>
internal sealed class NoEpoch(CallLedger ledger, NpgsqlDataSource database)
{
    public static void Plant(IServiceCollection services) => services
        .AddSingleton<NoEpoch>()
        .AddSingleton<CallSettlement>(provider => provider.GetRequiredService<NoEpoch>().SettleAsync);

    private async Task<Outcome> SettleAsync(Admission.Admitted admitted, Outcome outcome)
    {
        if (admitted.Request.IdempotencyKey is null)
        {
            return await ledger.TrySettleAsync(admitted, outcome);
        }

        var state = outcome.Kind switch
        {
            OutcomeKind.Succeeded => "succeeded",
            OutcomeKind.Failed => "failed",
            OutcomeKind.Released => "released",
            _ => "in_doubt",
        };
        await using var update = database.CreateCommand(
            """
            UPDATE idempotency SET state = $3, outcome = $4, result = $5, upstream_status = $6, settled_at = clock_timestamp()
            WHERE agent_id = $1 AND key_digest = $2
            """);
        Ledgers.Add(update, NpgsqlDbType.Text, admitted.Request.Permit.Authority.Agent.Id);
        Ledgers.Add(update, NpgsqlDbType.Bytea, Ledgers.Digest(admitted.Request));
        Ledgers.Add(update, NpgsqlDbType.Text, state);
        Ledgers.Add(update, NpgsqlDbType.Text, outcome.Reason?.Code);
        Ledgers.Add(update, NpgsqlDbType.Bytea, state is "succeeded" or "failed" ? outcome.Result : null);
        Ledgers.Add(update, NpgsqlDbType.Integer, outcome.UpstreamStatus);
        await update.ExecuteNonQueryAsync();
        await Ledgers.AppendAsync(database, admitted.Request, "settled", state, admitted.Id, admitted.Epoch);
        return outcome;
    }
}
