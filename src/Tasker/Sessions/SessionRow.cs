using System.Text.Json;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Sessions;

/// <summary>A work session as it is stored.</summary>
internal sealed record SessionRow
{
    private const string Select =
        """
        SELECT id, issue_id AS issueid, agent_id AS agentid, agent_name AS agentname, owner_id AS ownerid, status, goal, plan::text AS planjson,
               progress_markdown AS progress, ended_because AS endedbecause, comment_id AS commentid,
               started_at AS startedat, updated_at AS updatedat, finished_at AS finishedat,
               finished_at IS NULL AND updated_at < clock_timestamp() - @stale AS stale
        FROM work_sessions
        """;

    public string Id { get; init; } = "";

    public Guid IssueId { get; init; }

    public string AgentId { get; init; } = "";

    public string AgentName { get; init; } = "";

    public Guid OwnerId { get; init; }

    public string Status { get; init; } = "";

    public string Goal { get; init; } = "";

    public string PlanJson { get; init; } = "[]";

    public string Progress { get; init; } = "";

    public string? EndedBecause { get; init; }

    public Guid? CommentId { get; init; }

    public DateTime StartedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    /// <summary>Open, and not reported on for longer than an agent is trusted to be at work.</summary>
    public bool Stale { get; init; }

    public IReadOnlyList<PlanStep> Plan => JsonSerializer.Deserialize(PlanJson, AdapterJson.Wire.PlanStepArray) ?? [];

    /// <summary>The session of this id, whosever it is.</summary>
    public static Task<SessionRow?> LockAsync(Change change, string id) => QueryAsync(
        change, "WHERE workspace_id = @workspace AND id = @id FOR UPDATE", id);

    /// <summary>The one open session of the card, whosever it is.</summary>
    public static Task<SessionRow?> LockOpenAsync(Change change) => QueryAsync(
        change, "WHERE issue_id = @card AND finished_at IS NULL FOR UPDATE", id: "");

    /// <summary>False when the id is taken meanwhile: nothing was stored.</summary>
    public static async Task<bool> InsertAsync(Change change, string id, SessionPut put) => await change.Visit.Connection.ExecuteAsync(
        new CommandDefinition(
            """
            INSERT INTO work_sessions (workspace_id, id, issue_id, agent_id, agent_name, owner_id, status, goal, plan, progress_markdown,
                                       finished_at)
            VALUES (@workspace, @id, @card, @agent, @name, @owner, @Status, @Goal, @plan::jsonb, @progress,
                    CASE WHEN @Ends THEN clock_timestamp() END)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                workspace = change.Visit.Workspace,
                id,
                card = change.Card.Id,
                agent = change.Visit.Caller.AgentId,
                name = change.Visit.Caller.AgentName,
                owner = change.Visit.Owner.Id,
                put.Status,
                put.Goal,
                plan = Json(put.Plan ?? []),
                progress = put.Progress ?? "",
                put.Ends,
            },
            cancellationToken: change.Visit.Cancel)) > 0;

    public Task<int> UpdateAsync(Change change, SessionPut put) => change.Visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        UPDATE work_sessions
        SET status = @Status, goal = @Goal, plan = coalesce(@plan::jsonb, plan), progress_markdown = coalesce(@Progress, progress_markdown),
            agent_name = @name, updated_at = clock_timestamp(), finished_at = CASE WHEN @Ends THEN clock_timestamp() END
        WHERE workspace_id = @workspace AND id = @Id
        """,
        new
        {
            workspace = change.Visit.Workspace,
            Id,
            put.Status,
            put.Goal,
            plan = put.Plan is { } steps ? Json(steps) : null,
            put.Progress,
            name = change.Visit.Caller.AgentName,
            put.Ends,
        },
        cancellationToken: change.Visit.Cancel));

    public Task<int> AbandonAsync(Change change, string because) => change.Visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        UPDATE work_sessions SET status = 'abandoned', ended_because = @because, updated_at = clock_timestamp(), finished_at = clock_timestamp()
        WHERE workspace_id = @workspace AND id = @Id
        """,
        new { workspace = change.Visit.Workspace, Id, because },
        cancellationToken: change.Visit.Cancel));

    private static Task<SessionRow?> QueryAsync(Change change, string where, string id) =>
        change.Visit.Connection.QuerySingleOrDefaultAsync<SessionRow>(new CommandDefinition(
            $"{Select} {where}",
            new { workspace = change.Visit.Workspace, id, card = change.Card.Id, stale = change.Visit.StaleAfter },
            cancellationToken: change.Visit.Cancel));

    private static string Json(IReadOnlyList<PlanStep> plan) => JsonSerializer.Serialize([.. plan], AdapterJson.Wire.PlanStepArray);
}
