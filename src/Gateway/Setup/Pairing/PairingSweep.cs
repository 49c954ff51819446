using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>Takes expired pairings and forgotten counts out of the database; what was not finished leaves an event.</summary>
internal sealed class PairingSweep(NpgsqlDataSource database, TimeProvider clock, ILogger<PairingSweep> log)
    : Recurring(TimeSpan.FromMinutes(1), clock)
{
    private const int AtOnce = 500;

    /// <returns>How many pairings were taken out.</returns>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Another replica may sweep at the same time: each takes rows of its own.
        var expired = (await connection.QueryAsync<Expired>(new CommandDefinition(
            """
            DELETE FROM pairings WHERE id IN (
                SELECT id FROM pairings WHERE expires_at <= clock_timestamp() ORDER BY expires_at LIMIT @AtOnce
                FOR UPDATE SKIP LOCKED)
            RETURNING id, name, owner_id AS ownerid, used_at IS NULL AND decision IS DISTINCT FROM 'denied' AS unfinished
            """,
            new { AtOnce }, transaction, cancellationToken: cancel))).ToList();
        foreach (var pairing in expired.Where(pairing => pairing.Unfinished))
        {
            var step = new PairingStep("pairing_expired", pairing.Name) { Pairing = pairing.Id, OwnerId = pairing.OwnerId };
            await step.AppendAsync(connection, cancel);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM pairing_limits WHERE bucket IN (
                SELECT bucket FROM pairing_limits
                WHERE coalesce(locked_until, '-infinity') < clock_timestamp()
                      AND NOT EXISTS (SELECT FROM unnest(hits) AS hit WHERE hit > clock_timestamp() - interval '10 minutes')
                FOR UPDATE SKIP LOCKED)
            """,
            transaction: transaction, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return expired.Count;
    }

    protected override async Task RoundAsync(CancellationToken stopping)
    {
        while (await SweepAsync(stopping) == AtOnce)
        {
        }
    }

    protected override void Tell(Exception failure) => log.PairingSweepWaits(failure.GetType().Name);

    private sealed record Expired
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public string? OwnerId { get; init; }

        public bool Unfinished { get; init; }
    }
}
