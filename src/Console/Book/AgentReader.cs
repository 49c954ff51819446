using Dapper;
using Npgsql;

namespace AgentGateway.Console.Book;

/// <summary>Reads agents for the access review.</summary>
internal sealed class AgentReader(NpgsqlDataSource database)
{
    public const int PageSize = 50;

    // Of a busy agent a review looks at the latest calls, so that the page costs the same whatever it did before.
    public const int LastCalls = 10_000;

    private const string Select =
        """
        SELECT a.id, a.name, a.owner_id, a.owner_name, a.workspace, a.mode, a.status, a.description, a.authority_version,
            a.created_at, a.last_seen_at,
            (SELECT bool_or(e.enabled) AND NOT bool_or(e.blocked) FROM entitlements AS e WHERE e.user_id = a.owner_id) AS entitled,
            coalesce((SELECT array_agg(g.project_key || ' ' || coalesce(g.bundle, cardinality(g.scopes) || ' scopes') ORDER BY g.project_key)
                FROM grants AS g WHERE g.agent_id = a.id AND g.revoked_at IS NULL), '{}') AS projects,
            coalesce(t.live, 0)::int AS live_tokens, coalesce(t.endless, false) AS has_endless_token, t.next_expiry
        FROM agents AS a
        LEFT JOIN LATERAL (
            SELECT count(*) AS live, bool_or(t.expires_at IS NULL) AS endless, min(t.expires_at) AS next_expiry
            FROM tokens AS t
            WHERE t.agent_id = a.id AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())) AS t ON true
        """;

    /// <param name="reader">Whose agents.</param>
    /// <param name="search">A part of an agent's or owner's name, or an id; null for all.</param>
    /// <param name="status">One of an agent's states; null for all.</param>
    /// <param name="after">The last agent of the page before.</param>
    public async Task<AgentPage> PageAsync(Reader reader, string? search, string? status, string? after, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = (await connection.QueryAsync<AgentRow>(new CommandDefinition(
            $"""
            {Select}
            WHERE (@OwnerId::text IS NULL OR a.owner_id = @OwnerId)
                AND (@status::text IS NULL OR a.status = @status)
                AND (@search::text IS NULL OR a.id = @search OR a.owner_id = @search
                    OR position(lower(@search) IN lower(a.name)) > 0 OR position(lower(@search) IN lower(a.owner_name)) > 0)
                AND (@after::text IS NULL OR (a.owner_id, a.id) > (SELECT l.owner_id, l.id FROM agents AS l WHERE l.id = @after))
            ORDER BY a.owner_id, a.id
            LIMIT @Most
            """,
            new { reader.OwnerId, search, status, after, Most = PageSize + 1 }, cancellationToken: cancel))).ToList();
        return found.Count > PageSize ? new AgentPage(found[..PageSize], found[PageSize - 1].Id) : new AgentPage(found, null);
    }

    /// <summary>The agents to choose from in a form, at most a page of them.</summary>
    public async Task<IReadOnlyList<AgentRow>> ChoicesAsync(Reader reader, CancellationToken cancel) =>
        (await PageAsync(reader, null, null, null, cancel)).Agents;

    public async Task<bool> MayReadAsync(Reader reader, string agentId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM agents WHERE id = @agentId AND (@OwnerId::text IS NULL OR owner_id = @OwnerId))",
            new { agentId, reader.OwnerId }, cancellationToken: cancel));
    }

    /// <summary>Null: there is none for this reader.</summary>
    public async Task<AgentFile?> FindAsync(Reader reader, string agentId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var agent = await connection.QuerySingleOrDefaultAsync<AgentRow>(new CommandDefinition(
            $"{Select} WHERE a.id = @agentId AND (@OwnerId::text IS NULL OR a.owner_id = @OwnerId)",
            new { agentId, reader.OwnerId }, cancellationToken: cancel));
        if (agent is null)
        {
            return null;
        }

        await using var rest = await connection.QueryMultipleAsync(new CommandDefinition(
            """
            SELECT project_key, project_name, bundle, scopes, revoked_at FROM grants WHERE agent_id = @agentId
            ORDER BY revoked_at IS NOT NULL, project_key;

            SELECT prefix, label, created_at, expires_at, revoked_at, last_used_at,
                revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp()) AS is_live
            FROM tokens WHERE agent_id = @agentId ORDER BY created_at DESC LIMIT 100;

            SELECT scope, sum(count) AS calls, max(at) AS last_at
            FROM (SELECT scope, kind, count, at FROM audit_events WHERE agent_id = @agentId ORDER BY sequence DESC LIMIT @LastCalls) AS last
            WHERE kind = 'admitted' AND scope IS NOT NULL
            GROUP BY scope ORDER BY scope
            """,
            new { agentId, LastCalls }, cancellationToken: cancel));
        return new AgentFile(
            agent, [.. await rest.ReadAsync<GrantRow>()], [.. await rest.ReadAsync<TokenRow>()], [.. await rest.ReadAsync<ScopeUse>()]);
    }
}
