using System.Text.Json.Nodes;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Content;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>Makes one card, or answers the open one this agent made under the same title within ten minutes.</summary>
internal static class CreateCard
{
    private const int SortStep = 10_000;

    public static readonly Write<CardCreate> Write = new("card:create", CardCreate.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, CardCreate request)
    {
        var resolved = await ResolveAsync(change, request);
        // From here on one card at a time: numbers are never given twice, and twins see each other.
        await ProjectLock.TakeAsync(change);
        if (await PresentAsync(change, request) is { } twin)
        {
            var same = new Receipt
            {
                ProjectId = change.Project.Id,
                Card = new CardKey(change.Project.Key, twin).ToString(),
                Deduplicated = true,
            };
            return await same.ToOutcomeAsync(change.Visit, change.Project, twin);
        }

        var id = Guid.CreateVersion7();
        var number = await InsertAsync(change, request, resolved, id);
        await ChangeLabels.InsertAsync(change, id, resolved.Labels);
        await ChangeAssignees.InsertAsync(change, id, resolved.Assignees);
        var key = new CardKey(change.Project.Key, number).ToString();
        await History.RecordAsync(change, id, [new Entry("created", null, null, key)]);
        var receipt = new Receipt
        {
            ProjectId = change.Project.Id,
            Card = key,
            Changed = ["created"],
            After = new JsonObject { ["title"] = request.Title, ["state"] = resolved.State.Name, ["group"] = resolved.State.Group },
        };
        return await receipt.ToOutcomeAsync(change.Visit, change.Project, number, StatusCodes.Status201Created);
    }

    /// <summary>Every name means something that exists, and the agent may use it, before anything is written.</summary>
    private static async Task<Resolved> ResolveAsync(Change change, CardCreate request)
    {
        var state = request.State is { } name
            ? (await StateRow.ResolveAsync(change.Visit, change.Project, name))[0]
            : Default(await StateRow.OfAsync(change.Visit, change.Project));
        if (state.Closes)
        {
            change.Demand("card:close");
        }

        if (request.Labels.Count > 0)
        {
            change.Demand("card:label");
        }

        if (request.Assignees.Count > 0)
        {
            change.Demand("card:assign");
        }

        var labels = await LabelRow.ResolveAsync(change.Visit, change.Project, request.Labels);
        var people = request.Assignees.Count == 0
            ? []
            : await (await People.OfWorkspaceAsync(change.Visit, change.Project.Id)).AssignableAsync(change.Visit, request.Assignees);
        return new Resolved(
            state,
            [.. labels.Select(label => label.Id).Distinct()],
            [.. people.Select(person => person.Id).Distinct()],
            request.Parent is { } parent ? (await Parents.FindAsync(change.Visit, change.Project, parent, "/parent")).Id : null,
            (await EstimateRow.ResolveAsync(change.Visit, change.Project, request.Estimate))?.Id);
    }

    private static StateRow Default(IReadOnlyList<StateRow> states) =>
        states.FirstOrDefault(state => state.Default)
        ?? states.FirstOrDefault(state => !state.Closes)
        ?? throw Refuse.Invalid("unknown_state", "The project has no state a new card could stand in.");

    private static Task<int?> PresentAsync(Change change, CardCreate request) =>
        change.Visit.Connection.QueryFirstOrDefaultAsync<int?>(new CommandDefinition(
            """
            SELECT i.sequence_id
            FROM issues i JOIN states s ON s.id = i.state_id
            WHERE i.project_id = @project AND i.created_by = @Bot
              AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft
              AND ((i.external_source = @source AND i.external_id = @ExternalId::text)
                   OR (NOT @AllowDuplicate AND i.name_key = fold(@Title) AND i.created_at > clock_timestamp() - interval '10 minutes'
                       AND s."group" IN ('backlog', 'unstarted', 'started')))
            ORDER BY i.created_at DESC LIMIT 1
            """,
            new { project = change.Project.Id, change.Bot, request.Title, request.ExternalId, request.AllowDuplicate, source = Source(change) },
            cancellationToken: change.Visit.Cancel));

    private static async Task<int> InsertAsync(Change change, CardCreate request, Resolved resolved, Guid id)
    {
        var html = request.Content is { Length: > 0 } markdown ? CardText.ToHtml(markdown) : "<p></p>";
        var document = BlockDocument.Parse(html);
        await Signature.SignAsync(change, "create_card", Signature.BlocksOf(document));
        return await change.Visit.Connection.QuerySingleAsync<int>(new CommandDefinition(
            """
            INSERT INTO issues (id, workspace_id, project_id, sequence_id, name, description_html, description_stripped, priority, state_id,
                                parent_id, estimate_point, start_date, target_date, sort_order, completed_at, created_by, created_by_agent,
                                external_source, external_id)
            VALUES (@id, @workspace, @project, (SELECT coalesce(max(sequence_id), 0) + 1 FROM issues WHERE project_id = @project),
                    @Title, @html, @text, @Priority, @state, @parent, @estimate, @StartDate, @DueDate,
                    (SELECT coalesce(max(sort_order), 0) + @step FROM issues WHERE project_id = @project AND state_id = @state),
                    CASE WHEN @completed THEN clock_timestamp() END, @Bot, @AgentId,
                    CASE WHEN @ExternalId::text IS NULL THEN NULL ELSE @source END, @ExternalId)
            RETURNING sequence_id
            """,
            new
            {
                id,
                workspace = change.Visit.Workspace,
                project = change.Project.Id,
                request.Title,
                html,
                text = document.PlainText,
                request.Priority,
                state = resolved.State.Id,
                parent = resolved.Parent,
                estimate = resolved.Estimate,
                request.StartDate,
                request.DueDate,
                step = SortStep,
                completed = resolved.State.Group == "completed",
                change.Bot,
                change.Visit.Caller.AgentId,
                request.ExternalId,
                source = Source(change),
            },
            cancellationToken: change.Visit.Cancel));
    }

    private static string Source(Change change) => $"agent:{change.Visit.Caller.AgentId}";

    private sealed record Resolved(StateRow State, Guid[] Labels, Guid[] Assignees, Guid? Parent, Guid? Estimate);
}
