using System.Collections.Concurrent;
using Npgsql;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>
/// Notes when tokens were last used: coarse, at most one write a minute per token, never on a call's way. The rounds are short,
/// because somebody may be waiting to see an agent's first call.
/// </summary>
internal sealed class TokenUse(NpgsqlDataSource database, TimeProvider clock, ILogger<TokenUse> log)
    : Recurring(TimeSpan.FromSeconds(5), clock)
{
    private const int TokensAtMost = 10_000;

    private readonly ConcurrentDictionary<Guid, byte> _used = new();

    public void Note(Guid tokenId)
    {
        if (_used.Count < TokensAtMost)
        {
            _used.TryAdd(tokenId, 0);
        }
    }

    public async Task FlushAsync(CancellationToken cancel)
    {
        var used = _used.Keys.ToArray();
        if (used.Length == 0)
        {
            return;
        }

        // No authority changes here, so neither lock nor version is touched.
        await using var command = database.CreateCommand(
            """
            WITH used AS (
                UPDATE tokens SET last_used_at = clock_timestamp()
                WHERE id = ANY($1) AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
                RETURNING agent_id
            )
            UPDATE agents SET last_seen_at = clock_timestamp() WHERE id IN (SELECT agent_id FROM used)
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = used });
        await command.ExecuteNonQueryAsync(cancel);
        foreach (var token in used)
        {
            _used.TryRemove(token, out _);
        }
    }

    protected override Task RoundAsync(CancellationToken stopping) => FlushAsync(stopping);

    protected override void Tell(Exception failure) => log.LastUseNotWritten(_used.Count, failure.GetType().Name);
}
