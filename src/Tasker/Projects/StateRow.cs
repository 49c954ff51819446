using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Projects;

/// <summary>A state of a project's board.</summary>
internal sealed record StateRow
{
    public Guid Id { get; init; }

    public string Name { get; init; } = "";

    public string Group { get; init; } = "";

    public string Color { get; init; } = "";

    public double Order { get; init; }

    public bool Default { get; init; }

    public string Folded { get; init; } = "";

    /// <summary>Moving a card here ends its work.</summary>
    public bool Closes => Group is "completed" or "cancelled";

    public static async Task<IReadOnlyList<StateRow>> OfAsync(Visit visit, ProjectRow project) =>
        (await visit.Connection.QueryAsync<StateRow>(new CommandDefinition(
            """
            SELECT s.id, s.name, s."group", s.color, s.sequence AS "order", s."default", fold(s.name) AS folded
            FROM states s
            WHERE s.project_id = @Id AND s.deleted_at IS NULL
            ORDER BY s.sequence, s.name
            """,
            project,
            cancellationToken: visit.Cancel))).AsList();

    public static async Task<IReadOnlyList<StateRow>> ResolveAsync(Visit visit, ProjectRow project, params IReadOnlyList<Named> names) =>
        Resolve(await OfAsync(visit, project), names, await FoldAsync(visit, names));

    public static IReadOnlyList<StateRow> Resolve(IReadOnlyList<StateRow> known, IReadOnlyList<Named> names, IReadOnlyList<string> folded) =>
        new Vocabulary<StateRow>("state", "unknown_state", known, state => state.Name, state => state.Folded).Resolve(names, folded);

    public static Task<IReadOnlyList<string>> FoldAsync(Visit visit, IReadOnlyList<Named> names) =>
        Folding.FoldAsync(visit.Connection, [.. names.Select(name => name.Value)], visit.Cancel);
}
