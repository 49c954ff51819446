using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>Throws answers to owners' writes away once they are 30 days old; until then a repeat changes nothing.</summary>
internal sealed class OldAnswers(NpgsqlDataSource database, TimeProvider clock, ILogger<OldAnswers> log)
    : Recurring(TimeSpan.FromHours(1), clock)
{
    private const int Batch = 1000;

    /// <summary>Short statements, so that nothing waits for it; replicas may do it at the same time.</summary>
    public async Task SweepAsync(CancellationToken cancel)
    {
        int thrown;
        do
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            thrown = await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM owner_operations WHERE (owner_id, key_digest) IN (
                    SELECT owner_id, key_digest FROM owner_operations
                    WHERE created_at < clock_timestamp() - interval '30 days'
                    ORDER BY created_at LIMIT @Batch FOR UPDATE SKIP LOCKED)
                """,
                new { Batch }, cancellationToken: cancel));
        }
        while (thrown == Batch);
    }

    protected override Task RoundAsync(CancellationToken stopping) => SweepAsync(stopping);

    protected override void Tell(Exception failure) => log.OldAnswersKept(failure.GetType().Name);
}
