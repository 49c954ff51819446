using System.Globalization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Text;

namespace AgentGateway.Tasker.Sessions;

/// <summary>A page of a project's open work sessions, the oldest first.</summary>
internal sealed record SessionPage(Guid ProjectId, IReadOnlyList<SessionView> Sessions, int Total, string? NextCursor);

/// <summary>Lists who works on which card of a project now, as they say themselves.</summary>
internal static class ListSessions
{
    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "limit", "cursor");
        var limit = query.Number("limit", 25, 100);
        var project = await ProjectRow.FromRouteAsync(visit, http);
        project.Demand("session:report");
        var question = $"sessions:{project.Id}";
        var after = Position(Cursor.Read(query.Cursor, question, 2));
        var total = await SessionView.CountOpenAsync(visit, project.Id);
        var rows = await SessionView.OpenAsync(visit, project.Id, after, limit + 1);
        var (sessions, more) = Page.Cut(rows, limit, AdapterJson.Wire.SessionView);
        var page = new SessionPage(project.Id, sessions, total, more ? Cursor.Write(question, sessions[^1].Position()) : null);
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.SessionPage);
    }

    private static (DateTime At, string Id)? Position(IReadOnlyList<string>? keys) => keys is null ? null
        : DateTime.TryParse(keys[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            ? (at, keys[1])
            : throw Cursor.Bad();
}
