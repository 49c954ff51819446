using Dapper;
using Npgsql;

namespace AgentGateway.Console.Book;

/// <summary>Counts calls and refusals over time.</summary>
internal sealed class ChartReader(NpgsqlDataSource database, TimeProvider clock)
{
    public async Task<ChartNumbers> ReadAsync(Reader reader, ChartRange range, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var end = new DateTime(((now.Ticks / range.Step.Ticks) + 1) * range.Step.Ticks, DateTimeKind.Utc);
        var start = end - range.Length;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var answers = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT date_bin(@Step, at, @start) AS at, kind, reason, sum(count) AS calls
            FROM audit_events
            WHERE at >= @start AND kind IN ('settled', 'refused', 'replayed') AND (@OwnerId::text IS NULL OR owner_id = @OwnerId)
            GROUP BY 1, 2, 3
            ORDER BY 1;

            SELECT date_bin(@Step, at, @start) AS at,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS p50,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95,
                percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms) AS p99
            FROM audit_events
            WHERE at >= @start AND kind = 'settled' AND duration_ms IS NOT NULL AND (@OwnerId::text IS NULL OR owner_id = @OwnerId)
            GROUP BY 1
            ORDER BY 1
            """,
            new { range.Step, start, reader.OwnerId }, cancellationToken: cancel));
        var moments = Enumerable.Range(0, (int)(range.Length / range.Step)).Select(index => start + (index * range.Step));
        return new ChartNumbers(
            range, [.. moments], [.. await answers.ReadAsync<ChartCount>()], [.. await answers.ReadAsync<ChartLatency>()]);
    }
}
