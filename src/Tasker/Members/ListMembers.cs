using System.Text.Json.Serialization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Text;

namespace AgentGateway.Tasker.Members;

/// <summary>A page of people.</summary>
internal sealed record MemberPage(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ProjectId,
    IReadOnlyList<MemberView> Members,
    int Total,
    string? NextCursor);

/// <summary>Finds people of the workspace, relative to a project when one is named.</summary>
internal static class ListMembers
{
    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "q", "project", "filter", "limit", "cursor");
        var limit = query.Number("limit", 25, 100);
        ProjectList.DemandWorkspace(http, visit);
        var project = query.Id("project") is { } id ? (await ProjectList.GrantedAsync(visit, [id], "member:read"))[0] : null;
        var filter = query.OneOf("filter", "assignable", "not_in_project", "all") ?? "all";
        if (project is null && filter != "all")
        {
            throw Refuse.Field("/filter", "needs a project");
        }

        var asked = query.Text("q", 100);
        var folded = asked is null ? "" : (await Folding.FoldAsync(visit.Connection, [asked], visit.Cancel))[0];
        var found = (await People.OfWorkspaceAsync(visit, project?.Id)).Known
            .Where(person => filter switch
            {
                "assignable" => person.Assignable,
                "not_in_project" => !person.InProject && !person.IsBot,
                _ => true,
            })
            .Where(person => person.FoldedHandle.Contains(folded, StringComparison.Ordinal)
                || person.FoldedName.Contains(folded, StringComparison.Ordinal)
                || person.Email.Equals(asked, StringComparison.OrdinalIgnoreCase))
            .OrderBy(Place, StringComparer.Ordinal)
            .ToList();

        var question = $"members:{project?.Id}:{filter}:{folded}";
        var after = Cursor.Read(query.Cursor, question, 1);
        var rest = found.Where(person => after is null || string.CompareOrdinal(Place(person), after[0]) > 0).ToList();
        var (members, more) = Page.Cut([.. rest.Select(MemberView.Of)], limit, AdapterJson.Wire.MemberView);
        var page = new MemberPage(
            project?.Id, members, found.Count, more ? Cursor.Write(question, Place(rest[members.Count - 1])) : null);
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.MemberPage);
    }

    private static string Place(Person person) => $"{person.FoldedHandle}\n{person.Id:N}";
}
