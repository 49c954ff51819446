using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards;

/// <summary>A card's own row, as a change compares against it.</summary>
internal sealed record CardRow
{
    private const string Select =
        """
        SELECT i.id, i.sequence_id AS number, i.name AS title, i.priority, i.state_id AS state, i.parent_id AS parent,
               to_char(i.start_date, 'YYYY-MM-DD') AS startdate, to_char(i.target_date, 'YYYY-MM-DD') AS duedate,
               i.estimate_point AS estimatepoint, i.rev, i.content_rev AS contentrev,
               i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft AS visible
        FROM issues i
        WHERE i.project_id = @project AND i.sequence_id = @number
        """;

    public Guid Id { get; init; }

    public int Number { get; init; }

    /// <summary>The card's name under its project's present identifier.</summary>
    public string Key { get; init; } = "";

    public string Title { get; init; } = "";

    public string Priority { get; init; } = "";

    public Guid State { get; init; }

    public Guid? Parent { get; init; }

    public string? StartDate { get; init; }

    public string? DueDate { get; init; }

    public Guid? EstimatePoint { get; init; }

    public long Rev { get; init; }

    public long ContentRev { get; init; }

    public bool Visible { get; init; }

    public static Task<CardRow?> FindAsync(Visit visit, ProjectRow project, int number) => QueryAsync(visit, project, number, Select);

    // Not FOR UPDATE: subcards point at their parent, and two cards that become each other's must not wait for each other.
    public static Task<CardRow?> LockAsync(Visit visit, ProjectRow project, int number) =>
        QueryAsync(visit, project, number, Select + " FOR NO KEY UPDATE");

    private static async Task<CardRow?> QueryAsync(Visit visit, ProjectRow project, int number, string sql)
    {
        var row = await visit.Connection.QuerySingleOrDefaultAsync<CardRow>(new CommandDefinition(
            sql, new { project = project.Id, number }, cancellationToken: visit.Cancel));
        return row is null ? null : row with { Key = new CardKey(project.Key, number).ToString() };
    }
}
