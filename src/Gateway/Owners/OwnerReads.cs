using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>What owners read; every statement names the owner, so nothing of another's is ever found.</summary>
internal static class OwnerReads
{
    public const int PageSize = 50;

    private const string Agents =
        """
        SELECT id, name, description, owner_id AS ownerid, owner_name AS ownername, workspace, mode, status,
               created_at AS createdat, last_seen_at AS lastseenat,
               call_rate AS callrate, call_burst AS callburst, write_rate AS writerate, write_burst AS writeburst
        FROM agents WHERE owner_id = @ownerId
        """;

    private const string Grants =
        """
        SELECT g.agent_id AS agentid, g.project_id AS projectid, g.project_key AS project, g.project_name AS name, g.bundle,
               g.scopes, g.revoked_at AS revokedat
        FROM grants AS g JOIN agents AS a ON a.id = g.agent_id
        WHERE a.owner_id = @ownerId
        """;

    public static async Task<IReadOnlyList<AgentView>> AgentsAsync(
        NpgsqlConnection connection, string ownerId, CancellationToken cancel)
    {
        var agents = await connection.QueryAsync<AgentView>(new CommandDefinition(
            $"{Agents} ORDER BY created_at, id LIMIT 500", new { ownerId }, cancellationToken: cancel));
        var grants = (await connection.QueryAsync<GrantView>(new CommandDefinition(
            $"{Grants} AND g.revoked_at IS NULL ORDER BY g.project_key", new { ownerId }, cancellationToken: cancel)))
            .ToLookup(grant => grant.AgentId, StringComparer.Ordinal);
        return [.. agents.Select(agent => agent with { Grants = [.. grants[agent.Id]] })];
    }

    /// <summary>Null for "not yours" as for "not there".</summary>
    public static async Task<AgentView?> AgentAsync(
        NpgsqlConnection connection, string ownerId, string agentId, CancellationToken cancel)
    {
        var agent = await connection.QuerySingleOrDefaultAsync<AgentView>(new CommandDefinition(
            $"{Agents} AND id = @agentId", new { ownerId, agentId }, cancellationToken: cancel));
        return agent is null ? null : agent with
        {
            Grants =
            [
                .. await connection.QueryAsync<GrantView>(new CommandDefinition(
                    $"{Grants} AND g.agent_id = @agentId AND g.revoked_at IS NULL ORDER BY g.project_key",
                    new { ownerId, agentId }, cancellationToken: cancel)),
            ],
        };
    }

    /// <summary>By current key or id, also when it is revoked; a key that moved on means the grant that is live.</summary>
    public static Task<GrantView?> GrantAsync(
        NpgsqlConnection connection, string ownerId, string agentId, string project, CancellationToken cancel) =>
        connection.QueryFirstOrDefaultAsync<GrantView>(new CommandDefinition(
            $"""
            {Grants} AND g.agent_id = @agentId AND (g.project_key = upper(@project) OR g.project_id::text = lower(@project))
            ORDER BY g.revoked_at DESC NULLS FIRST LIMIT 1
            """,
            new { ownerId, agentId, project }, cancellationToken: cancel));

    public static async Task<IReadOnlyList<TokenView>> TokensAsync(
        NpgsqlConnection connection, string ownerId, string agentId, CancellationToken cancel) =>
        [
            .. await connection.QueryAsync<TokenView>(new CommandDefinition(
                """
                SELECT t.id AS tokenid, t.prefix, t.label, t.created_at AS createdat, t.expires_at AS expiresat,
                       t.last_used_at AS lastusedat, t.revoked_at AS revokedat, t.revoked_by AS revokedby,
                       t.reason, t.superseded_by AS supersededby
                FROM tokens AS t JOIN agents AS a ON a.id = t.agent_id
                WHERE a.owner_id = @ownerId AND t.agent_id = @agentId
                ORDER BY t.created_at DESC LIMIT 200
                """,
                new { ownerId, agentId }, cancellationToken: cancel)),
        ];

    /// <summary>Newest first; one more than a page when there is more.</summary>
    public static async Task<IReadOnlyList<ActivityView>> ActivityAsync(
        NpgsqlConnection connection, string agentId, long before, CancellationToken cancel) =>
        [
            .. await connection.QueryAsync<ActivityView>(new CommandDefinition(
                """
                SELECT sequence, at, kind, decision, reason, cause, actor, tool, project_key AS project, card, scope,
                       token_prefix AS tokenprefix, request_id AS requestid, upstream_status AS upstreamstatus,
                       duration_ms AS durationms, count
                FROM audit_events WHERE agent_id = @agentId AND sequence < @before
                ORDER BY sequence DESC LIMIT @most
                """,
                new { agentId, before, most = PageSize + 1 }, cancellationToken: cancel)),
        ];

    public static async Task<IReadOnlyList<UsedScope>> UsedAsync(
        NpgsqlConnection connection, string agentId, CancellationToken cancel) =>
        [
            .. await connection.QueryAsync<UsedScope>(new CommandDefinition(
                """
                SELECT project AS projectid, scope, count(*) AS calls
                FROM audit_events, unnest(project_ids) AS project
                WHERE agent_id = @agentId AND kind = 'admitted' AND scope IS NOT NULL
                  AND at > clock_timestamp() - interval '90 days'
                GROUP BY project, scope
                """,
                new { agentId }, cancellationToken: cancel)),
        ];
}

/// <summary>How often a scope was used in a project.</summary>
internal sealed record UsedScope(Guid ProjectId, string Scope, long Calls);
