using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes.Statements;

/// <summary>
/// Locks, then judges: whose authority is still the one decided on, and whom the rates let through, in order of arrival.
/// Verdicts reach the later statements of the same transaction as a setting that ends with it.
/// </summary>
internal static class JudgeStatements
{
    // Tried, not waited for: whoever changes an authority just now holds up that agent's calls and nobody else's.
    private const string LockSql =
        """
        SELECT set_config('gateway.locked', array_agg(held ORDER BY n)::text, true)
        FROM (
            SELECT n, pg_try_advisory_xact_lock_shared(owner) AND pg_try_advisory_xact_lock_shared(agent) AS held
            FROM unnest($1, $2) WITH ORDINALITY AS c(owner, agent, n)) AS tried
        """;

    // A statement of its own after the locks, hence with a fresh snapshot: every change of authority that was committed
    // before the locks were granted is seen. "lacks" is how many tokens a call is short of; a call that is short of its
    // agent's tokens takes none of its owner's.
    private const string JudgeSql =
        """
        WITH moment AS MATERIALIZED (
            SELECT clock_timestamp() AS now
        ), bucket AS MATERIALIZED (
            SELECT b.id, b.kind, b.place, b.rate,
                   CASE WHEN r.id IS NULL THEN 0
                        ELSE least(b.burst, r.tokens + b.rate * greatest(0, extract(epoch FROM now - r.at)::float8)) END AS tokens
            FROM moment, unnest($10, $11, $12, $13) WITH ORDINALITY AS b(id, kind, rate, burst, place)
            LEFT JOIN rates AS r ON r.id = b.id AND r.kind = b.kind
        ), purse AS MATERIALIZED (
            SELECT array_agg(tokens ORDER BY place) AS tokens, array_agg(rate ORDER BY place) AS rates FROM bucket
        ), call AS MATERIALIZED (
            SELECT c.n, c.calls, c.writes, c.owners, c.locked, c.enters, c.locked AND coalesce((
                       SELECT a.status = 'active' AND a.authority_version = c.version AND c.valid_until > clock_timestamp()
                       FROM agents AS a WHERE a.id = c.agent_id), false) AS current,
                   c.charged AND c.enters AND (
                       SELECT true FROM idempotency AS i WHERE i.agent_id = c.agent_id AND i.key_digest = c.claim) IS NULL AS charged
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, current_setting('gateway.locked')::boolean[])
                WITH ORDINALITY AS c(agent_id, version, valid_until, claim, charged, enters, calls, writes, owners, locked, n)
        ), by_write AS (
            SELECT *, charged AND current AS pays, CASE WHEN charged AND current AND writes IS NOT NULL
                THEN count(*) FILTER (WHERE charged AND current) OVER (PARTITION BY writes ORDER BY n)
                     - (SELECT tokens FROM purse)[writes] END AS lacks_write
            FROM call
        ), by_call AS (
            SELECT *, CASE WHEN pays AND calls IS NOT NULL AND coalesce(lacks_write, 0) <= 0
                THEN count(*) FILTER (WHERE pays AND coalesce(lacks_write, 0) <= 0) OVER (PARTITION BY calls ORDER BY n)
                     - (SELECT tokens FROM purse)[calls] END AS lacks_call
            FROM by_write
        ), by_owner AS (
            SELECT *, CASE WHEN pays AND owners IS NOT NULL AND greatest(lacks_write, lacks_call, 0) <= 0
                THEN count(*) FILTER (WHERE pays AND greatest(lacks_write, lacks_call, 0) <= 0)
                         OVER (PARTITION BY owners ORDER BY n)
                     - (SELECT tokens FROM purse)[owners] END AS lacks_owner
            FROM by_call
        ), verdict AS MATERIALIZED (
            SELECT *, greatest(lacks_write, lacks_call, lacks_owner, 0) <= 0 AS affords FROM by_owner
        ), spent AS MATERIALIZED (
            SELECT place, count(*) AS tokens
            FROM verdict CROSS JOIN LATERAL unnest(ARRAY[calls, writes, owners]) AS place
            WHERE pays AND affords AND place IS NOT NULL GROUP BY place
        ), charge AS (
            UPDATE rates AS r SET tokens = b.tokens - spent.tokens, at = now
            FROM moment, bucket AS b, spent
            WHERE b.place = spent.place AND r.id = b.id AND r.kind = b.kind
        ), kept AS MATERIALIZED (
            SELECT set_config('gateway.go', array_agg(current AND enters AND affords ORDER BY n)::text, true) FROM verdict
        )
        SELECT v.n::int, v.locked, v.current,
               CASE WHEN lacks_write > 0 THEN 'write' WHEN lacks_call > 0 THEN 'call' WHEN lacks_owner > 0 THEN 'owner' END,
               CASE WHEN lacks_write > 0 THEN lacks_write / (SELECT rates FROM purse)[writes]
                    WHEN lacks_call > 0 THEN lacks_call / (SELECT rates FROM purse)[calls]
                    WHEN lacks_owner > 0 THEN lacks_owner / (SELECT rates FROM purse)[owners] END
        FROM kept LEFT JOIN verdict AS v ON NOT (v.current AND v.affords)
        """;

    public static NpgsqlBatchCommand Lock(IReadOnlyList<PendingAdmission> calls) => new NpgsqlBatchCommand(LockSql)
        .Column(calls, call => call.OwnerLock)
        .Column(calls, call => call.AgentLock);

    /// <param name="calls">In order of arrival.</param>
    /// <param name="enters">Whether the call may be admitted now; those that only learn who holds their key may not.</param>
    /// <param name="buckets">What they draw on.</param>
    public static NpgsqlBatchCommand Judge(IReadOnlyList<PendingAdmission> calls, IReadOnlyList<bool> enters, Buckets buckets) =>
        buckets.AddTo(new NpgsqlBatchCommand(JudgeSql)
            .Column(calls, call => call.Authority.Agent.Id)
            .Column(calls, call => call.Authority.Version)
            .Column(calls, call => call.Authority.ValidUntil.ToUniversalTime())
            .Column(calls, call => call.IsClaim ? call.KeyDigest : null)
            .Column(calls, call => call.IsCharged)
            .Column(enters, enter => enter)
            .Column(buckets.Calls, place => place)
            .Column(buckets.Writes, place => place)
            .Column(buckets.Owners, place => place));

    /// <summary>Of each call that was not let through.</summary>
    public static void ReadInto(NpgsqlDataReader reader, Verdict[] verdicts)
    {
        if (reader.IsDBNull(0))
        {
            return;
        }

        ref var verdict = ref verdicts[reader.GetInt32(0) - 1];
        verdict.Locked = reader.GetBoolean(1);
        verdict.Current = reader.GetBoolean(2);
        if (!reader.IsDBNull(3))
        {
            verdict.Limit = reader.GetString(3);
            verdict.Wait = TimeSpan.FromSeconds(Math.Min(reader.GetDouble(4), 86_400));
        }
    }
}
