using System.Collections.Concurrent;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>
/// Asks the Launcher for what was never pushed and for what was pushed long ago. Its answer is applied like a push; silence and
/// nonsense change nothing and confirm nothing.
/// </summary>
internal sealed class EntitlementPull(
    NpgsqlDataSource database, EntitlementBook book, LauncherClient launcher, EntitlementTerms terms, TimeProvider clock,
    ILogger<EntitlementPull> log)
{
    public const int LargestRound = 50;

    private const int AtOnce = 4;
    private const int RememberedAtMost = 10_000;

    // A person who waits is asked for at once, but a Launcher that is away is not asked at every call.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Question> _questions = new(StringComparer.Ordinal);

    /// <summary>Asks now, unless it was done a moment ago; callers at the same time share one question. Never throws for the Launcher.</summary>
    public Task AskAsync(string ownerId)
    {
        if (_questions.Count > RememberedAtMost)
        {
            _questions.Clear();
        }

        var question = _questions.AddOrUpdate(
            ownerId,
            _ => new Question(clock.GetTimestamp(), new Lazy<Task>(() => AskNowAsync(ownerId))),
            (_, last) => clock.GetElapsedTime(last.At) < LeastPause
                ? last
                : new Question(clock.GetTimestamp(), new Lazy<Task>(() => AskNowAsync(ownerId))));
        return question.Answered.Value;
    }

    /// <summary>Asks for a round of owners whose turn it is, longest overdue first, and says how many there were.</summary>
    public async Task<int> RefreshAsync(CancellationToken cancel)
    {
        List<(string Owner, DateTime AsOf)> due;
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            due = (await connection.QueryAsync<(string, DateTime)>(new CommandDefinition(
                """
                INSERT INTO entitlement_checks (owner_id)
                SELECT DISTINCT a.owner_id FROM agents AS a
                WHERE a.status <> 'revoked' AND NOT EXISTS (SELECT FROM entitlement_checks AS c WHERE c.owner_id = a.owner_id)
                ON CONFLICT DO NOTHING;
                WITH due AS (
                    SELECT owner_id FROM entitlement_checks WHERE next_at <= clock_timestamp()
                    ORDER BY next_at LIMIT @LargestRound FOR UPDATE SKIP LOCKED
                )
                UPDATE entitlement_checks AS c
                SET next_at = clock_timestamp() + @Refresh * (0.9 + 0.2 * random())
                FROM due WHERE c.owner_id = due.owner_id
                RETURNING c.owner_id, clock_timestamp()
                """,
                new { LargestRound, terms.Refresh }, cancellationToken: cancel))).AsList();
        }

        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (one, stop) => await AskAsync(one.Owner, one.AsOf, stop));
        return due.Count;
    }

    private async Task AskNowAsync(string ownerId)
    {
        DateTime asOf;
        await using (var connection = await database.OpenConnectionAsync())
        {
            asOf = await connection.ExecuteScalarAsync<DateTime>(
                """
                INSERT INTO entitlement_checks (owner_id, next_at) VALUES (@ownerId, clock_timestamp() + @Refresh)
                ON CONFLICT (owner_id) DO UPDATE SET next_at = excluded.next_at
                RETURNING clock_timestamp()
                """,
                new { ownerId, terms.Refresh });
        }

        await AskAsync(ownerId, asOf, CancellationToken.None);
    }

    // What is confirmed is what held when the question was put, not when the answer came.
    private async Task AskAsync(string ownerId, DateTime asOf, CancellationToken cancel)
    {
        AccessAnswer answer;
        try
        {
            answer = await launcher.AskAsync(ownerId, cancel);
        }
        catch (LauncherSilentException silent)
        {
            log.LauncherSilent(ownerId, silent.Message);
            await EndAsync(ownerId, "next_at = least(next_at, clock_timestamp() + @Retry)", cancel);
            return;
        }

        var confirmed = await book.ConfirmAsync(ownerId, answer, asOf, clock.GetUtcNow(), cancel);
        if (confirmed < answer.Clients.Count)
        {
            log.LauncherContradicts(ownerId, answer.Clients.Count - confirmed);
        }

        await EndAsync(ownerId, "answered_at = clock_timestamp()", cancel);
    }

    private async Task EndAsync(string ownerId, string change, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            $"UPDATE entitlement_checks SET {change} WHERE owner_id = @ownerId", new { ownerId, terms.Retry }, cancellationToken: cancel));
    }

    private sealed record Question(long At, Lazy<Task> Answered);
}

/// <summary>How often the Launcher is asked, and for how long its word holds.</summary>
internal sealed record EntitlementTerms(TimeSpan Refresh, TimeSpan MaxStaleness)
{
    /// <summary>After silence, sooner than usual.</summary>
    public TimeSpan Retry { get; } = Least(Refresh / 10, TimeSpan.FromSeconds(30));

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
