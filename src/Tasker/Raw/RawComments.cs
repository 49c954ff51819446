using AgentGateway.Tasker.Blocks;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Raw;

/// <summary>Comments through the raw API.</summary>
internal static class RawComments
{
    private const string Columns =
        "id, issue_id AS issue, actor_id AS actor, comment_html AS commenthtml, created_at AS createdat";

    public static async Task<IResult> ListAsync(string slug, Guid project, Guid issue, NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        if (await RawIssues.FindAsync(connection, slug, project, issue) is null)
        {
            return RawApi.Nothing();
        }

        var rows = await connection.QueryAsync<RawComment>(
            $"SELECT {Columns} FROM issue_comments WHERE issue_id = @issue AND deleted_at IS NULL ORDER BY created_at LIMIT 1000",
            new { issue });
        return TypedResults.Json(new RawList<RawComment>(rows.AsList()), RawJson.Default.RawListRawComment);
    }

    public static async Task<IResult> CreateAsync(
        string slug, Guid project, Guid issue, HttpContext http, NpgsqlDataSource database)
    {
        if (await RawJson.ReadAsync(http, RawJson.Default.RawNewComment) is not { CommentHtml.Length: > 0 } body
            || body.CommentHtml.Contains('\0'))
        {
            return RawApi.Refuse(StatusCodes.Status400BadRequest, "Give a comment_html.");
        }

        await using var connection = await database.OpenConnectionAsync();
        if (await RawIssues.FindAsync(connection, slug, project, issue) is null)
        {
            return RawApi.Nothing();
        }

        var made = await connection.QuerySingleAsync<RawComment>(
            $"""
            INSERT INTO issue_comments (id, issue_id, project_id, comment_html, body_markdown, actor_id)
            SELECT @id, i.id, i.project_id, @CommentHtml, @Text, i.created_by FROM issues i WHERE i.id = @issue
            RETURNING {Columns}
            """,
            new { id = Guid.CreateVersion7(), issue, body.CommentHtml, Text = CardText.ToMarkdown(body.CommentHtml) });
        return TypedResults.Json(made, RawJson.Default.RawComment, statusCode: StatusCodes.Status201Created);
    }
}
