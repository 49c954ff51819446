using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Text;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>Cards of a project by group of state.</summary>
internal sealed record Counts(int Backlog, int Unstarted, int Started, int Completed, int Cancelled);

/// <summary>A page of a project's cards.</summary>
internal sealed record CardPage(Guid ProjectId, IReadOnlyList<CardSummary> Cards, int Total, Counts Counts, string? NextCursor);

/// <summary>Lists a project's cards; closed ones only when they are asked for.</summary>
internal static class ListCards
{
    private static readonly string[] Groups = ["backlog", "unstarted", "started", "completed", "cancelled"];

    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(
            http.Request,
            "view", "state", "state_group", "label", "assignee", "priority", "parent", "updated_after", "external_id", "sort", "limit", "cursor");
        var limit = query.Number("limit", 25, 100);
        var sort = CardSort.Of(query.OneOf("sort", CardSort.Names) ?? "updated");
        var project = await ProjectRow.FromRouteAsync(visit, http);
        project.Demand("card:read");
        var filter = await FilterAsync(visit, project, query);

        var question = Question(http, project);
        var position = Cursor.Read(query.Cursor, question, sort.Keys.Length);
        var counts = await CountAsync(visit, filter);
        var rows = await RowsAsync(visit, filter, sort, position, limit + 1);
        var (cards, more) = Page.Cut([.. rows.Select(row => row.Card)], limit, AdapterJson.Wire.CardSummary);
        var page = new CardPage(
            project.Id,
            cards,
            counts.Sum(count => count.Chosen),
            new Counts(Of("backlog"), Of("unstarted"), Of("started"), Of("completed"), Of("cancelled")),
            more ? Cursor.Write(question, rows[cards.Count - 1].Position) : null);
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.CardPage);

        int Of(string group) => counts.FirstOrDefault(count => count.Group == group)?.All ?? 0;
    }

    private static async Task<CardFilter> FilterAsync(Visit visit, ProjectRow project, QueryArguments query)
    {
        var filter = new CardFilter();
        filter.Values.Add("project", project.Id);
        filter.Where("i.project_id = @project");
        var states = query.List("state", 20, 255);
        var groups = query.List("state_group", 5, 20);
        var view = query.OneOf("view", "mine", "open", "backlog", "started", "done", "all");
        filter.View(view ?? (states.Count + groups.Count > 0 ? "all" : "open"), visit);
        if (states.Count > 0)
        {
            filter.InStates(await StateRow.ResolveAsync(visit, project, states));
        }

        if (groups.Count > 0)
        {
            filter.Groups([.. groups.Select(Group)]);
        }

        filter.HasLabels(await LabelRow.ResolveAsync(visit, project, query.List("label", 10, 255)));
        await filter.AssigneeAsync(visit, query.Text("assignee", 120) is { } who ? new Named("/assignee", who) : null);
        await filter.ParentAsync(visit, project, query.Text("parent", 80));
        if (query.OneOf("priority", "urgent", "high", "medium", "low", "none") is { } priority)
        {
            filter.Values.Add("priority", priority);
            filter.Where("i.priority = @priority");
        }

        if (query.Time("updated_after") is { } after)
        {
            filter.Values.Add("after", after);
            filter.Where("i.updated_at > @after");
        }

        if (query.Text("external_id", 255) is { } external)
        {
            filter.Values.Add("external", external);
            filter.Where("i.external_id = @external");
        }

        return filter;
    }

    private static string Group(Named group) =>
        Groups.Contains(group.Value) ? group.Value : throw Refuse.Field(group.Pointer, $"must be one of {string.Join(", ", Groups)}");

    private static async Task<List<GroupCount>> CountAsync(Visit visit, CardFilter filter) =>
        (await visit.Connection.QueryAsync<GroupCount>(new CommandDefinition(
            $"""
            SELECT s."group", count(*)::int AS all, (count(*) FILTER (WHERE {filter.States}))::int AS chosen
            FROM issues i JOIN states s ON s.id = i.state_id
            WHERE {filter.Always}
            GROUP BY s."group"
            """,
            filter.Values,
            cancellationToken: visit.Cancel))).AsList();

    // The page is chosen first; names of labels and people are looked up for its few rows alone.
    private static async Task<List<Row>> RowsAsync(
        Visit visit, CardFilter filter, CardSort sort, IReadOnlyList<string>? position, int limit)
    {
        filter.Values.Add("limit", limit);
        filter.Values.Add("position", position?.ToArray());
        try
        {
            return (await visit.Connection.QueryAsync<CardSummary, PositionRow, Row>(
                new CommandDefinition(
                    $"""
                    WITH page AS MATERIALIZED (
                        SELECT i.id, row_number() OVER () AS place, {sort.Position} AS position
                        FROM issues i JOIN states s ON s.id = i.state_id
                        WHERE {filter.Always} AND {filter.States} AND {(position is null ? "true" : sort.After)}
                        ORDER BY {sort.Order} LIMIT @limit)
                    SELECT {CardSummary.Columns}, page.position AS keys
                    FROM page JOIN {CardSummary.Sources.Replace("issues i", "issues i ON i.id = page.id", StringComparison.Ordinal)}
                    ORDER BY {sort.Order}
                    """,
                    filter.Values,
                    cancellationToken: visit.Cancel),
                (card, at) => new Row(card, at.Keys),
                splitOn: "keys")).AsList();
        }
        catch (PostgresException broken) when (position is not null && broken.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            throw Cursor.Bad();
        }
    }

    private static string Question(HttpContext http, ProjectRow project) => string.Join('&', http.Request.Query
        .Where(argument => argument.Key is not ("cursor" or "limit"))
        .OrderBy(argument => argument.Key, StringComparer.Ordinal)
        .Select(argument => $"{argument.Key}={argument.Value}")
        .Prepend($"cards:{project.Id}"));

    private sealed record Row(CardSummary Card, string[] Position);

    private sealed record PositionRow
    {
        public string[] Keys { get; init; } = [];
    }

    private sealed record GroupCount
    {
        public string Group { get; init; } = "";

        public int All { get; init; }

        public int Chosen { get; init; }
    }
}
