using AgentGateway.Tasker.Board.History;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>Reads one card with everything its page shows, or null when the project has no such card to see.</summary>
internal sealed class CardReader(NpgsqlDataSource database, BoardReader board, VersionReader versions)
{
    private const int Newest = 100;

    /// <summary>With an agent, history and versions are that agent's alone.</summary>
    public async Task<CardDetail?> ReadAsync(Guid project, int number, string? agent, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await IdAsync(connection, project, number, cancel) is not { } issue)
        {
            return null;
        }

        var tiles = await board.CardsAsync(project, [issue], issue, agent: null, cancel);
        return tiles.FirstOrDefault(tile => tile.Id == issue) is not { } card
            ? null
            : new CardDetail
            {
                Card = card,
                Subcards = [.. tiles.Where(tile => tile.Id != issue)],
                Body = await BodyAsync(connection, issue, cancel),
                Comments = await CommentsAsync(connection, issue, cancel),
                Links = await LinksAsync(connection, issue, cancel),
                Activity = await ActivityAsync(connection, issue, agent, cancel),
                Versions = await versions.ListAsync(issue, agent, rev: null, cancel),
                Agents = await versions.AgentsAsync(project, issue, cancel),
                Agent = agent,
            };
    }

    /// <summary>The card as its tile shows it, and nothing around it.</summary>
    public async Task<CardRow?> TileAsync(Guid project, int number, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await IdAsync(connection, project, number, cancel) is { } issue
            && await board.CardsAsync(project, [issue], parent: null, agent: null, cancel) is [var tile] ? tile : null;
    }

    private static Task<Guid?> IdAsync(NpgsqlConnection connection, Guid project, int number, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            "SELECT id FROM issues WHERE project_id = @project AND sequence_id = @number",
            new { project, number },
            cancellationToken: cancel));

    private static Task<CardBody> BodyAsync(NpgsqlConnection connection, Guid issue, CancellationToken cancel) =>
        connection.QuerySingleAsync<CardBody>(new CommandDefinition(
            """
            SELECT i.description_html AS descriptionhtml, u.display_name AS createdby, i.created_at AS createdat,
                   i.updated_at AS updatedat, pp.identifier || '-' || parent.sequence_id AS parent, parent.name AS parenttitle,
                   i.external_source AS externalsource
            FROM issues i
            JOIN users u ON u.id = i.created_by
            LEFT JOIN issues parent ON parent.id = i.parent_id AND parent.deleted_at IS NULL
            LEFT JOIN projects pp ON pp.id = parent.project_id
            WHERE i.id = @issue
            """,
            new { issue },
            cancellationToken: cancel));

    private static async Task<IReadOnlyList<CommentRow>> CommentsAsync(
        NpgsqlConnection connection, Guid issue, CancellationToken cancel) =>
        (await connection.QueryAsync<CommentRow>(new CommandDefinition(
            """
            SELECT * FROM (
                SELECT u.display_name AS author, c.agent_name AS agent, o.display_name AS owner, c.comment_html AS html,
                       c.created_at AS at, c.edited_at AS editedat, k.status AS session
                FROM issue_comments c
                LEFT JOIN work_sessions k ON k.issue_id = c.issue_id AND k.comment_id = c.id
                JOIN users u ON u.id = c.actor_id
                LEFT JOIN users o ON o.id = c.owner_id
                WHERE c.issue_id = @issue AND c.deleted_at IS NULL
                ORDER BY c.created_at DESC LIMIT @Newest) newest
            ORDER BY at
            """,
            new { issue, Newest },
            cancellationToken: cancel))).AsList();

    private static async Task<IReadOnlyList<LinkRow>> LinksAsync(
        NpgsqlConnection connection, Guid issue, CancellationToken cancel) =>
        (await connection.QueryAsync<LinkRow>(new CommandDefinition(
            """
            SELECT url, title, kind FROM issue_links
            WHERE issue_id = @issue AND deleted_at IS NULL ORDER BY created_at, id LIMIT @Newest
            """,
            new { issue, Newest },
            cancellationToken: cancel))).AsList();

    private static async Task<IReadOnlyList<ActivityRow>> ActivityAsync(
        NpgsqlConnection connection, Guid issue, string? agent, CancellationToken cancel) =>
        (await connection.QueryAsync<ActivityRow>(new CommandDefinition(
            """
            SELECT coalesce(u.display_name, 'Somebody') AS actor, a.agent_name AS agent, o.display_name AS owner, a.verb, a.field,
                   a.old_value AS oldvalue, coalesce(lost.name, a.new_value) AS newvalue, a.created_at AS at
            FROM issue_activities a
            LEFT JOIN users u ON u.id = a.actor_id
            LEFT JOIN users o ON o.id = a.owner_id
            LEFT JOIN agent_bots lost ON a.verb = 'agent_content_lost' AND lost.agent_id = a.new_value
            WHERE a.issue_id = @issue
              AND (@agent::text IS NULL OR a.agent_id = @agent OR (a.verb = 'agent_content_lost' AND a.new_value = @agent))
            ORDER BY a.created_at DESC, a.id DESC LIMIT @Newest
            """,
            new { issue, agent, Newest },
            cancellationToken: cancel))).AsList();
}
