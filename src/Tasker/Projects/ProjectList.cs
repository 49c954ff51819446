using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Projects;

/// <summary>A page of projects.</summary>
internal sealed record ProjectPage(IReadOnlyList<ProjectView> Projects, int Total, string? NextCursor);

/// <summary>Names projects: the granted ones, or the one that a key or name means.</summary>
internal static class ProjectList
{
    public static async Task<Outcome> ListAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "q", "limit", "cursor");
        var limit = query.Number("limit", 25, 100);
        DemandWorkspace(http, visit);
        var asked = query.Text("q", 100);
        var known = await ProjectView.OfAsync(visit, visit.Caller.Projects);
        if (asked is not null)
        {
            var folded = (await Folding.FoldAsync(visit.Connection, [asked], visit.Cancel))[0];
            known = [.. known.Where(project => project.Folded.Contains(folded, StringComparison.Ordinal)
                || project.Key.Contains(asked, StringComparison.OrdinalIgnoreCase))];
        }

        var question = $"projects:{asked}";
        var after = Cursor.Read(query.Cursor, question, 1);
        var rest = known.Where(project => after is null || string.CompareOrdinal(project.Key, after[0]) > 0).ToList();
        var (projects, more) = Page.Cut(rest, limit, AdapterJson.Wire.ProjectView);
        var page = new ProjectPage(projects, known.Count, more ? Cursor.Write(question, projects[^1].Key) : null);
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.ProjectPage);
    }

    public static async Task<Outcome> ResolveAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "q");
        var asked = query.Text("q", 255, shortest: 1) ?? throw Refuse.Field("/q", "is required");
        DemandWorkspace(http, visit);
        var known = await ProjectView.OfAsync(visit, visit.Caller.Projects);
        var folded = (await Folding.FoldAsync(visit.Connection, [asked], visit.Cancel))[0];
        IReadOnlyList<ProjectView>[] attempts =
        [
            [.. known.Where(project => project.Id.ToString("D") == folded)],
            [.. known.Where(project => project.Key.Equals(asked, StringComparison.OrdinalIgnoreCase))],
            [.. known.Where(project => project.FormerKeys.Contains(asked.ToUpperInvariant(), StringComparer.Ordinal))],
            [.. known.Where(project => project.Name == asked)],
            [.. known.Where(project => project.Folded == folded)],
        ];
        return Array.Find(attempts, matches => matches.Count > 0) switch
        {
            null => throw Refuse.Project(),
            [var one] => Outcome.Of(StatusCodes.Status200OK, one, AdapterJson.Wire.ProjectView),
            var several => throw Refuse.Invalid(
                "ambiguous_name",
                "Several projects have this name.",
                new FieldError("/q", "ambiguous_name", "several projects have this name")
                {
                    Value = asked,
                    Candidates = [.. several.Select(project => project.Key).Take(5)],
                }),
        };
    }

    /// <summary>Every named project, each of them granted and open to agents; one that is not refuses all.</summary>
    public static async Task<IReadOnlyList<ProjectRow>> GrantedAsync(Visit visit, IReadOnlyList<Guid> ids, string scope)
    {
        var wanted = ids.Distinct().ToArray();
        if (!wanted.All(visit.Caller.Projects.Contains))
        {
            throw Refuse.Project();
        }

        var rows = (await visit.Connection.QueryAsync<ProjectRow>(new CommandDefinition(
            """
            SELECT p.id, p.identifier AS key, p.name, p.agent_max_scopes AS maxscopes
            FROM projects p
            WHERE p.workspace_id = @workspace AND p.id = ANY(@wanted)
              AND p.agents_enabled AND p.archived_at IS NULL AND p.deleted_at IS NULL
            """,
            new { workspace = visit.Workspace, wanted },
            cancellationToken: visit.Cancel))).AsList();
        if (rows.Count != wanted.Length)
        {
            throw Refuse.Project();
        }

        rows.ForEach(project => project.Demand(scope));
        return rows;
    }

    public static void DemandWorkspace(HttpContext http, Visit visit)
    {
        if (http.Request.RouteValues["workspace"] as string != visit.Caller.Workspace)
        {
            throw Refuse.Project();
        }
    }
}
