using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Projects;

/// <summary>A label of a project.</summary>
internal sealed record LabelRow
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string Color { get; init; } = "";

    /// <summary>The label it is filed under.</summary>
    public string? Group { get; init; }

    public string Folded { get; init; } = "";

    public static async Task<IReadOnlyList<LabelRow>> OfAsync(Visit visit, params IReadOnlyList<ProjectRow> projects) =>
        (await visit.Connection.QueryAsync<LabelRow>(new CommandDefinition(
            """
            SELECT l.id, l.name, l.color, g.name AS "group", fold(l.name) AS folded
            FROM labels l LEFT JOIN labels g ON g.id = l.parent_id AND g.deleted_at IS NULL
            WHERE l.project_id = ANY(@projects) AND l.deleted_at IS NULL
            ORDER BY l.sort_order, l.name
            """,
            new { projects = projects.Select(project => project.Id).ToArray() },
            cancellationToken: visit.Cancel))).AsList();

    public static async Task<IReadOnlyList<LabelRow>> ResolveAsync(Visit visit, ProjectRow project, IReadOnlyList<Named> names)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var folded = await Folding.FoldAsync(visit.Connection, [.. names.Select(name => name.Value)], visit.Cancel);
        return new Vocabulary<LabelRow>("label", "unknown_label", await OfAsync(visit, project), label => label.Name, label => label.Folded)
            .Resolve(names, folded);
    }
}
