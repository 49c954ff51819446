using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// For measurements alone, behind a switch of the process: each admission and each settlement commits by itself, on a
/// connection of its own, so that what shared transactions are worth can be said. Not supported for serving.
/// </summary>
internal static class RowCommits
{
    public static bool On { get; } = AppContext.TryGetSwitch("AgentGateway.Ledger.RowCommits", out var on) && on;

    public static void Begin(NpgsqlDataSource database, RateLimits limits, Work work, Action<Work, Flush> conclude)
    {
        var apart = work.Admissions.Select(call => new Work([call], [], []))
            .Concat(work.Settlements.Select(settlement => new Work([], [settlement], [])))
            .Concat(work.Trailing.Select(entry => new Work([], [], [entry])));
        foreach (var alone in apart)
        {
            _ = Task.Run(() => WriteAsync(database, limits, alone, conclude));
        }
    }

    private static async Task WriteAsync(NpgsqlDataSource database, RateLimits limits, Work work, Action<Work, Flush> conclude)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            var flush = new Flush(work, limits);
            await flush.RunAsync(connection, prepare: true);
            conclude(work, flush);
        }
        catch (Exception failure)
        {
            work.Refuse(failure);
        }
    }
}
