using AgentGateway.Tasker.Blocks;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Raw;

/// <summary>Cards through the raw API: real effects, no scopes, no grants.</summary>
internal static class RawIssues
{
    private const string Columns =
        """
        i.id, i.project_id AS project, i.sequence_id AS sequenceid, i.name, i.description_html AS descriptionhtml, i.priority,
        i.state_id AS state, i.created_at AS createdat, i.updated_at AS updatedat
        """;

    private const string Sources =
        """
        FROM issues i JOIN projects p ON p.id = i.project_id JOIN workspaces w ON w.id = p.workspace_id
        WHERE w.slug = @slug AND i.project_id = @project AND i.deleted_at IS NULL
        """;

    private static readonly string[] Priorities = ["urgent", "high", "medium", "low", "none"];

    public static async Task<IResult> ListAsync(string slug, Guid project, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<RawIssue>(new CommandDefinition(
            $"SELECT {Columns} {Sources} AND i.archived_at IS NULL ORDER BY i.sequence_id LIMIT 1000",
            new { slug, project },
            cancellationToken: cancel));
        return TypedResults.Json(new RawList<RawIssue>(rows.AsList()), RawJson.Default.RawListRawIssue);
    }

    public static async Task<IResult> GetAsync(
        string slug, Guid project, Guid issue, NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await FindAsync(connection, slug, project, issue) is { } found
            ? TypedResults.Json(found, RawJson.Default.RawIssue)
            : RawApi.Nothing();
    }

    public static async Task<IResult> CreateAsync(string slug, Guid project, HttpContext http, NpgsqlDataSource database)
    {
        var given = await RawJson.ReadAsync(http, RawJson.Default.RawIssueChange);
        if (given is not { Name.Length: > 0 and <= 255 } body || !Holds(body))
        {
            return RawApi.Refuse(StatusCodes.Status400BadRequest, "Give a name of at most 255 characters.");
        }

        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtext(@project::text))", new { project });
        var id = Guid.CreateVersion7();
        var made = await connection.ExecuteAsync(
            """
            INSERT INTO issues (id, workspace_id, project_id, sequence_id, name, description_html, description_stripped, priority,
                                state_id, created_by)
            SELECT @id, p.workspace_id, p.id,
                   1 + coalesce((SELECT max(sequence_id) FROM issues WHERE project_id = p.id), 0), @Name, @Html, @Plain, @Priority,
                   s.id, (SELECT member_id FROM workspace_members m WHERE m.workspace_id = w.id AND role = 20 ORDER BY created_at LIMIT 1)
            FROM projects p
            JOIN workspaces w ON w.id = p.workspace_id
            JOIN states s ON s.project_id = p.id AND s.deleted_at IS NULL AND coalesce(s.id = @State, s."default")
            WHERE w.slug = @slug AND p.id = @project AND p.deleted_at IS NULL
            LIMIT 1
            """,
            new
            {
                id,
                slug,
                project,
                body.Name,
                body.State,
                Html = body.DescriptionHtml ?? "<p></p>",
                Plain = CardText.ToPlainText(body.DescriptionHtml ?? ""),
                Priority = body.Priority ?? "none",
            });
        await transaction.CommitAsync();
        return made == 1 && await FindAsync(connection, slug, project, id) is { } created
            ? TypedResults.Json(created, RawJson.Default.RawIssue, statusCode: StatusCodes.Status201Created)
            : RawApi.Nothing();
    }

    public static async Task<IResult> PatchAsync(
        string slug, Guid project, Guid issue, HttpContext http, NpgsqlDataSource database)
    {
        if (await RawJson.ReadAsync(http, RawJson.Default.RawIssueChange) is not { } body || !Holds(body))
        {
            return RawApi.Refuse(StatusCodes.Status400BadRequest, "The body is not a change of a card.");
        }

        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            UPDATE issues SET
                name = coalesce(@Name, name), priority = coalesce(@Priority, priority),
                description_html = coalesce(@DescriptionHtml, description_html),
                description_stripped = coalesce(@Plain, description_stripped),
                state_id = coalesce((SELECT id FROM states WHERE id = @State AND project_id = @project), state_id)
            WHERE id IN (SELECT i.id {Sources} AND i.id = @issue)
            """,
            new
            {
                slug,
                project,
                issue,
                body.Name,
                body.Priority,
                body.DescriptionHtml,
                body.State,
                Plain = body.DescriptionHtml is { } html ? CardText.ToPlainText(html) : null,
            });
        return await FindAsync(connection, slug, project, issue) is { } changed
            ? TypedResults.Json(changed, RawJson.Default.RawIssue)
            : RawApi.Nothing();
    }

    public static async Task<IResult> DeleteAsync(string slug, Guid project, Guid issue, NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        var gone = await connection.ExecuteAsync(
            $"UPDATE issues SET deleted_at = clock_timestamp() WHERE id IN (SELECT i.id {Sources} AND i.id = @issue)",
            new { slug, project, issue });
        return gone == 1 ? TypedResults.NoContent() : RawApi.Nothing();
    }

    public static Task<RawIssue?> FindAsync(NpgsqlConnection connection, string slug, Guid project, Guid issue) =>
        connection.QuerySingleOrDefaultAsync<RawIssue?>(
            $"SELECT {Columns} {Sources} AND i.id = @issue",
            new { slug, project, issue });

    private static bool Holds(RawIssueChange change) =>
        change.Name is not { Length: 0 or > 255 }
        && (change.Priority is null || Priorities.Contains(change.Priority))
        && !$"{change.Name}{change.DescriptionHtml}".Contains('\0');
}
