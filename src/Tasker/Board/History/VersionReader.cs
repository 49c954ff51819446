using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board.History;

/// <summary>Reads what descriptions were, and which agents worked on a card or a project.</summary>
internal sealed class VersionReader(NpgsqlDataSource database)
{
    private const int Newest = 100;

    /// <summary>The newest versions of a card, of all writers or one agent; or the one version asked for.</summary>
    public async Task<IReadOnlyList<VersionRow>> ListAsync(Guid card, string? agent, long? rev, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<VersionRow>(new CommandDefinition(
            """
            SELECT v.content_rev AS rev, coalesce(u.display_name, 'Somebody') AS actor, v.agent_name AS agent, o.display_name AS owner,
                   v.reason, v.restored_from AS restoredfrom, v.created_at AS at, v.content_rev = i.content_rev AS iscurrent
            FROM issue_description_versions v
            JOIN issues i ON i.id = v.issue_id
            LEFT JOIN users u ON u.id = v.owned_by
            LEFT JOIN users o ON o.id = v.owner_id
            WHERE v.issue_id = @card AND (@agent::text IS NULL OR v.agent_id = @agent)
              AND (@rev::bigint IS NULL OR v.content_rev = @rev)
            ORDER BY v.content_rev DESC LIMIT @Newest
            """,
            new { card, agent, rev, Newest },
            cancellationToken: cancel))).AsList();
    }

    /// <summary>The text of one version, or null when the project shows no such card or the card never had it.</summary>
    public async Task<string?> HtmlAsync(Guid project, int number, long rev, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            """
            SELECT v.description_html
            FROM issue_description_versions v
            JOIN issues i ON i.id = v.issue_id
            WHERE i.project_id = @project AND i.sequence_id = @number AND v.content_rev = @rev
              AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft
            """,
            new { project, number, rev },
            cancellationToken: cancel));
    }

    public async Task<IReadOnlyList<AgentRow>> AgentsAsync(Guid project, Guid? card, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<AgentRow>(new CommandDefinition(
            """
            SELECT a.agent_id AS id, coalesce(b.name, max(a.agent_name), a.agent_id) AS name, o.display_name AS owner
            FROM issue_activities a
            LEFT JOIN agent_bots b ON b.agent_id = a.agent_id
            LEFT JOIN users o ON o.id = b.owner_id
            WHERE a.project_id = @project AND a.agent_id IS NOT NULL AND (@card::uuid IS NULL OR a.issue_id = @card)
            GROUP BY a.agent_id, b.name, o.display_name
            ORDER BY name, id LIMIT @Newest
            """,
            new { project, card, Newest },
            cancellationToken: cancel))).AsList();
    }
}
