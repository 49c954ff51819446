using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// For measurements alone, behind a switch of the process: each admission and each settlement commits by itself, on a
/// connection of its own, so that what shared transactions are worth can be said. Not supported for serving.
/// </summary>
internal static class RowCommits
{
    public static bool On { get; } = AppContext.TryGetSwitch("AgentGateway.Ledger.RowCommits", out var on) && on;

    public static async Task WriteAsync(NpgsqlDataSource database, RateLimits limits, Work work, Action<Flush> conclude)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            var flush = new Flush(work, limits);
            await flush.RunAsync(connection, prepare: true);
            conclude(flush);
        }
        catch (Exception failure)
        {
            work.Refuse(failure);
        }
    }
}
