using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Cards.Comments;

/// <summary>A page of a card's comments, newest first.</summary>
internal sealed record CommentPage(Guid ProjectId, string Card, IReadOnlyList<CommentView> Comments, int Total, string? NextCursor);

/// <summary>Lists a card's comments.</summary>
internal static class ListComments
{
    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "since", "limit", "cursor");
        var limit = query.Number("limit", 25, 100);
        var since = query.Time("since");
        var (project, card) = await CardDetail.FindAsync(visit, http);
        var question = $"comments:{card.Id}:{since:O}";
        var after = Cursor.Read(query.Cursor, question, 2);
        if (after is not null && !(DateTime.TryParse(after[0], out _) && Guid.TryParse(after[1], out _)))
        {
            throw Cursor.Bad();
        }

        var total = await visit.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT count(*)::int FROM issue_comments x
            WHERE x.issue_id = @Id AND x.deleted_at IS NULL AND x.access = 'INTERNAL'
              AND (@since::timestamptz IS NULL OR x.created_at > @since)
            """,
            new { card.Id, since },
            cancellationToken: visit.Cancel));
        var rows = await CommentView.PageAsync(visit, card.Id, since, after, limit + 1);
        var (comments, more) = Page.Cut(rows, limit, AdapterJson.Wire.CommentView);
        var page = new CommentPage(
            project.Id, card.Key, comments, total, more ? Cursor.Write(question, comments[^1].Position()) : null);
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.CommentPage);
    }
}
