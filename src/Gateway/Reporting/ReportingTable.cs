using AgentGateway.Gateway.Sessions;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Reporting;

/// <summary>
/// Says what agents do by what the database holds: the ledger and the coarse time of last use first, sessions second. No process
/// remembers anything, so every replica says the same, and so does the next one after a restart.
/// </summary>
internal sealed class ReportingTable(NpgsqlDataSource database, SessionTerms terms)
{
    public const int PageSize = 100;

    public static readonly IReadOnlyList<string> AgentStates = ["connected", "idle", "stale", "never"];

    public static readonly IReadOnlyList<string> SessionStates = ["open", "stale", "ended"];

    // Traffic decides before reports: who calls is connected, however long ago the last report was. What counts as a call, and
    // as the last card, is looked for among the agent's latest events only, so that one look costs the same at any age.
    private const string Agents =
        """
        WITH moment AS MATERIALIZED (
            SELECT clock_timestamp() + @Ahead AS now
        ), seen AS MATERIALIZED (
            SELECT a.id, a.name, a.owner_id, a.owner_name, a.workspace, a.mode, a.status, l.last_call_at, l.last_tool, l.last_card,
                   greatest(l.last_call_at, a.last_seen_at) AS last_activity_at,
                   EXISTS (SELECT FROM work_sessions AS s WHERE s.agent_id = a.id AND s.ended_at IS NULL
                           AND s.started_at IS NOT NULL AND s.reported_at <= moment.now - @Stale) AS is_stale
            FROM moment CROSS JOIN agents AS a LEFT JOIN LATERAL (
                SELECT max(e.at) FILTER (WHERE e.kind IN ('admitted', 'replayed', 'refused')) AS last_call_at,
                       (array_agg(e.tool ORDER BY e.sequence DESC) FILTER (WHERE e.kind IN ('admitted', 'replayed', 'refused')))[1]
                           AS last_tool,
                       (array_agg(e.card ORDER BY e.sequence DESC) FILTER (WHERE e.card IS NOT NULL))[1] AS last_card
                FROM (SELECT sequence, at, kind, tool, card FROM audit_events
                      WHERE agent_id = a.id ORDER BY sequence DESC LIMIT 50) AS e) AS l ON true
            WHERE a.status <> 'revoked' AND (@workspace IS NULL OR a.workspace = @workspace)
        ), judged AS MATERIALIZED (
            SELECT seen.*, moment.now,
                   CASE WHEN last_activity_at > moment.now - @Connected THEN 'connected'
                        WHEN is_stale THEN 'stale'
                        WHEN last_activity_at IS NULL THEN 'never'
                        ELSE 'idle' END AS state
            FROM moment CROSS JOIN seen
        ), counted AS (
            SELECT count(*) FILTER (WHERE state = 'connected') AS connected, count(*) FILTER (WHERE state = 'idle') AS idle,
                   count(*) FILTER (WHERE state = 'stale') AS stale, count(*) FILTER (WHERE state = 'never') AS never
            FROM judged
        ), page AS (
            SELECT * FROM judged
            WHERE (@state IS NULL OR state = @state) AND (@after IS NULL OR id > @after)
            ORDER BY id LIMIT @Most
        )
        SELECT moment.now AS asof, c.connected, c.idle, c.stale, c.never, p.id, p.name, p.owner_id AS ownerid,
               p.owner_name AS ownername, p.workspace, p.mode, p.status, p.state, p.last_call_at AS lastcallat,
               p.last_activity_at AS lastactivityat, p.last_tool AS lasttool, p.last_card AS lastcard
        FROM moment CROSS JOIN counted AS c LEFT JOIN page AS p ON true
        ORDER BY p.id
        """;

    private const string Sessions =
        """
        WITH moment AS MATERIALIZED (
            SELECT clock_timestamp() + @Ahead AS now
        ), judged AS (
            SELECT s.*, moment.now, a.name, a.owner_id, a.workspace,
                   CASE WHEN s.ended_at IS NOT NULL THEN 'ended' WHEN s.reported_at <= moment.now - @Stale THEN 'stale'
                        ELSE 'open' END AS state
            FROM moment CROSS JOIN work_sessions AS s JOIN agents AS a ON a.id = s.agent_id
            WHERE s.started_at IS NOT NULL AND (@workspace IS NULL OR a.workspace = @workspace)
              AND (@agents::text[] IS NULL OR s.agent_id = ANY(@agents))
        )
        SELECT now AS asof, id AS sessionid, agent_id AS agentid, name AS agentname, owner_id AS ownerid, workspace,
               project_key AS project, card_number AS number, goal, plan AS steps, done, status, state, started_at AS startedat,
               reported_at AS reportedat, reports, CASE WHEN ended_at IS NULL THEN reported_at + @Stale END AS staleafter,
               ended_at AS endedat, ended_because AS endedbecause, outcome
        FROM judged
        WHERE (state = @state OR (@state IS NULL AND state <> 'ended')) AND (@before IS NULL OR id < @before)
        ORDER BY id DESC LIMIT @Most
        """;

    /// <summary>How far ahead of the database's clock it looks: nothing, but in tests of what time does.</summary>
    public TimeSpan Ahead { get; init; }

    public async Task<ReportedAgentsAnswer> AgentsAsync(string? workspace, string? state, string? after, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = (await connection.QueryAsync<Moment, StateCounts, ReportedAgent?, (Moment Moment, StateCounts Counts, ReportedAgent? Agent)>(
            new CommandDefinition(
                Agents,
                new { workspace, state, after, Ahead, terms.Stale, terms.Connected, Most = PageSize + 1 },
                cancellationToken: cancel),
            (moment, counts, agent) => (moment, counts, agent),
            splitOn: "connected,id")).AsList();
        var agents = rows.Where(row => row.Agent is not null).Select(row => row.Agent!).Take(PageSize).ToList();
        var ids = agents.Select(agent => agent.Id).ToArray();
        var open = (await SessionRowsAsync(connection, null, null, ids, null, 10 * PageSize, cancel))
            .ToLookup(session => session.AgentId, StringComparer.Ordinal);
        return new ReportedAgentsAnswer(
            rows[0].Moment.AsOf,
            rows[0].Counts,
            [.. agents.Select(agent => agent with { OpenSessions = [.. open[agent.Id]] })],
            rows.Count > PageSize ? agents[^1].Id : null);
    }

    public async Task<ReportedSessionsAnswer> SessionsAsync(
        string? workspace, string? state, string? agent, Guid? before, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var now = await connection.ExecuteScalarAsync<DateTime>(
            new CommandDefinition("SELECT clock_timestamp() + @Ahead", new { Ahead }, cancellationToken: cancel));
        var rows = (await SessionRowsAsync(
            connection, workspace, state, agent is null ? null : [agent], before, PageSize + 1, cancel)).AsList();
        return new ReportedSessionsAnswer(
            now, [.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].SessionId.ToString("D") : null);
    }

    private Task<IEnumerable<ReportedSession>> SessionRowsAsync(
        NpgsqlConnection connection, string? workspace, string? state, string[]? agents, Guid? before, int most, CancellationToken cancel) =>
        connection.QueryAsync<ReportedSession>(new CommandDefinition(
            Sessions, new { workspace, state, agents, before, Ahead, terms.Stale, Most = most }, cancellationToken: cancel));

    private sealed record Moment
    {
        public DateTime AsOf { get; init; }
    }
}
