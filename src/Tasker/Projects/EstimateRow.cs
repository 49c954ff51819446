using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Projects;

/// <summary>A value of a project's estimate scale.</summary>
internal sealed record EstimateRow
{
    public Guid Id { get; init; }

    public string Value { get; init; } = "";

    public static async Task<IReadOnlyList<EstimateRow>> OfAsync(Visit visit, ProjectRow project) =>
        (await visit.Connection.QueryAsync<EstimateRow>(new CommandDefinition(
            """
            SELECT v.id, v.value
            FROM estimates e JOIN estimate_points v ON v.estimate_id = e.id
            WHERE e.project_id = @Id AND e.deleted_at IS NULL AND v.deleted_at IS NULL
            ORDER BY e.name, v.key
            """,
            project,
            cancellationToken: visit.Cancel))).AsList();

    public static async Task<EstimateRow?> ResolveAsync(Visit visit, ProjectRow project, string? value)
    {
        if (value is null)
        {
            return null;
        }

        var known = await OfAsync(visit, project);
        return known.FirstOrDefault(one => string.Equals(one.Value, value, StringComparison.OrdinalIgnoreCase))
            ?? throw Refuse.Invalid(
                "validation_failed",
                $"The project's estimate scale has no value \"{value}\".",
                new FieldError("/estimate", "validation_failed", "no such value on the project's estimate scale")
                {
                    Value = value,
                    Candidates = Nearest.To(value, known.Select(one => (one.Value, one.Value))),
                });
    }
}
