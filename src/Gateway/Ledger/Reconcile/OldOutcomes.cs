using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>How long the outcome of a write is kept for replays, and how long its key is remembered to refuse it.</summary>
internal sealed record OutcomeTerms(TimeSpan Outcomes, TimeSpan Keys);

/// <summary>Takes from old keys their outcomes, and later forgets them: a key is refused for as long as it is remembered.</summary>
internal sealed class OldOutcomes(NpgsqlDataSource database, OutcomeTerms terms, TimeProvider clock, ILogger<OldOutcomes> log)
    : Recurring(TimeSpan.FromHours(1), clock)
{
    private const int Batch = 500;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>Short statements, so that no call waits for it; replicas may do it at the same time.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        await RepeatAsync(
            """
            UPDATE idempotency SET result = NULL, outcome = NULL, card = NULL, tasker_key = NULL, tombstoned_at = clock_timestamp()
            WHERE (agent_id, key_digest) IN (
                SELECT agent_id, key_digest FROM idempotency
                WHERE created_at < clock_timestamp() - @age AND tombstoned_at IS NULL
                ORDER BY created_at LIMIT @Batch FOR UPDATE SKIP LOCKED)
            """,
            terms.Outcomes,
            cancel);
        await RepeatAsync(
            """
            DELETE FROM idempotency WHERE (agent_id, key_digest) IN (
                SELECT agent_id, key_digest FROM idempotency WHERE created_at < clock_timestamp() - @age
                ORDER BY created_at LIMIT @Batch FOR UPDATE SKIP LOCKED)
            """,
            terms.Keys,
            cancel);
    }

    protected override Task RoundAsync(CancellationToken stopping) => SweepAsync(stopping);

    protected override void Tell(Exception failure) => log.KeepingWaits(failure.GetType().Name);

    private async Task RepeatAsync(string sql, TimeSpan age, CancellationToken cancel)
    {
        while (true)
        {
            await using (var connection = await database.OpenConnectionAsync(cancel))
            {
                if (await connection.ExecuteAsync(new CommandDefinition(sql, new { age, Batch }, cancellationToken: cancel)) < Batch)
                {
                    return;
                }
            }

            await Task.Delay(Breath, Clock, cancel);
        }
    }
}
