using System.Globalization;
using System.Text;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>A page of cards found.</summary>
internal sealed record SearchPage(IReadOnlyList<CardSummary> Cards, int Total, string? NextCursor);

/// <summary>What is searched for and where.</summary>
internal sealed record SearchRequest(
    string Query, IReadOnlyList<Guid> Projects, string[] Groups, IReadOnlyList<Named> Labels, Named? Assignee, int Limit, string? Cursor)
{
    private static readonly string[] OpenGroups = ["backlog", "unstarted", "started"];
    private static readonly string[] AllGroups = [.. OpenGroups, "completed", "cancelled"];

    public static SearchRequest Read(RequestBody body)
    {
        body.Only("query", "projects", "state_groups", "labels", "assignee", "limit", "cursor");
        var groups = body.List("state_groups", 5, 20);
        foreach (var group in groups.Where(group => !AllGroups.Contains(group.Value)))
        {
            body.Add(group.Pointer[1..], $"must be one of {string.Join(", ", AllGroups)}");
        }

        var projects = new List<Guid>();
        foreach (var (pointer, value) in body.List("projects", 50, 64))
        {
            if (Guid.TryParseExact(value, "D", out var id))
            {
                projects.Add(id);
            }
            else
            {
                body.Add(pointer[1..], "must be a project's id");
            }
        }

        if (projects.Count == 0)
        {
            body.Add("projects", "must name a project");
        }

        return new SearchRequest(
            body.RequiredLine("query", 200, shortest: 2),
            projects,
            groups.Count == 0 ? OpenGroups : [.. groups.Select(group => group.Value)],
            body.List("labels", 10, 255),
            body.Line("assignee", 120) is { } who ? new Named("/assignee", who) : null,
            body.Number("limit", 1, 50) ?? 10,
            body.Line("cursor", 512));
    }
}

/// <summary>Finds cards by words of their title, description and comments, or by key; best match first.</summary>
internal static class SearchCards
{
    private const int MostWords = 12;

    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var body = await RequestBody.ReadAsync(http.Request, visit.Cancel);
        var request = SearchRequest.Read(body);
        body.Check();
        var projects = await ProjectList.GrantedAsync(visit, request.Projects, "card:read");
        var filter = await FilterAsync(visit, request, projects);

        var question = $"search:{request.Query}|{string.Join(',', request.Projects)}|{string.Join(',', request.Groups)}";
        var skip = Skip(Cursor.Read(request.Cursor, question, 1));
        filter.Values.Add("skip", skip);
        filter.Values.Add("limit", request.Limit + 1);
        var rows = (await visit.Connection.QueryAsync<Row, CardSummary, Row>(
            new CommandDefinition(Sql(filter), filter.Values, cancellationToken: visit.Cancel),
            (row, card) => row with { Card = card with { Snippet = row.Excerpt } },
            splitOn: "key")).AsList();
        var (cards, more) = Page.Cut([.. rows.Select(row => row.Card!)], request.Limit, AdapterJson.Wire.CardSummary);
        var next = more ? Cursor.Write(question, (skip + cards.Count).ToString(CultureInfo.InvariantCulture)) : null;
        return Outcome.Of(
            StatusCodes.Status200OK, new SearchPage(cards, rows.Count > 0 ? rows[0].Total : 0, next), AdapterJson.Wire.SearchPage);
    }

    private static async Task<CardFilter> FilterAsync(Visit visit, SearchRequest request, IReadOnlyList<ProjectRow> projects)
    {
        var key = CardKey.Parse(request.Query);
        var filter = new CardFilter();
        filter.Values.Add("projects", projects.Select(project => project.Id).ToArray());
        filter.Values.Add("words", Words(request.Query));
        filter.Values.Add("prefix", key?.Prefix);
        filter.Values.Add("number", key?.Number);
        filter.Where("i.project_id = ANY(@projects)");
        filter.Groups(request.Groups);
        await LabelsAsync(visit, filter, request, projects);
        await filter.AssigneeAsync(visit, request.Assignee);
        return filter;
    }

    // The same label name may exist in several projects; a card must carry its own project's label of that name.
    private static async Task LabelsAsync(Visit visit, CardFilter filter, SearchRequest request, IReadOnlyList<ProjectRow> projects)
    {
        if (request.Labels.Count == 0)
        {
            return;
        }

        var names = await Folding.FoldAsync(visit.Connection, [.. request.Labels.Select(label => label.Value)], visit.Cancel);
        var known = new Vocabulary<LabelRow>(
            "label", "unknown_label", (await LabelRow.OfAsync(visit, projects)).DistinctBy(label => label.Folded).ToList(),
            label => label.Name, label => label.Folded);
        known.Resolve(request.Labels, names);
        filter.Values.Add("labelnames", names.Distinct(StringComparer.Ordinal).ToArray());
        filter.Where(
            """
            (SELECT count(DISTINCT fold(l.name)) FROM issue_labels x JOIN labels l ON l.id = x.label_id
             WHERE x.issue_id = i.id AND x.deleted_at IS NULL AND l.deleted_at IS NULL
               AND fold(l.name) = ANY(@labelnames)) = cardinality(@labelnames)
            """);
    }

    private static string Sql(CardFilter filter) =>
        $"""
        WITH asked AS MATERIALIZED (SELECT to_tsquery('simple', fold(@words)) AS words),
        hits AS (
            SELECT i.id, ts_rank(i.search, asked.words) * 10 AS rank FROM issues i, asked
            WHERE i.project_id = ANY(@projects) AND i.search @@ asked.words
            UNION ALL
            SELECT c.issue_id, ts_rank(c.search, asked.words) FROM issue_comments c, asked
            WHERE c.project_id = ANY(@projects) AND c.search @@ asked.words AND c.deleted_at IS NULL AND c.access = 'INTERNAL'
            UNION ALL
            SELECT i.id, 1000 FROM issues i JOIN projects p ON p.id = i.project_id
            WHERE i.project_id = ANY(@projects) AND p.identifier = @prefix::text AND i.sequence_id = @number::int),
        ranked AS (SELECT id, max(rank) AS rank FROM hits GROUP BY id),
        page AS MATERIALIZED (
            SELECT i.id, r.rank, (count(*) OVER ())::int AS total
            FROM ranked r JOIN issues i ON i.id = r.id JOIN states s ON s.id = i.state_id
            WHERE {filter.Always} AND ({filter.States} OR r.rank >= 1000)
            ORDER BY r.rank DESC, i.updated_at DESC, i.id OFFSET @skip LIMIT @limit)
        SELECT page.total, ts_headline(
                   'simple', CASE WHEN to_tsvector('simple', i.description_stripped) @@ asked.words THEN left(i.description_stripped, 20000)
                             ELSE coalesce((SELECT c.body_markdown FROM issue_comments c
                                            WHERE c.issue_id = i.id AND c.deleted_at IS NULL AND c.access = 'INTERNAL'
                                              AND c.search @@ asked.words ORDER BY c.created_at DESC LIMIT 1),
                                           left(i.description_stripped, 400)) END,
                   asked.words, 'MaxWords=30, MinWords=12, StartSel="", StopSel=""') AS excerpt,
               {CardSummary.Columns}
        FROM asked, page JOIN {CardSummary.Sources.Replace("issues i", "issues i ON i.id = page.id", StringComparison.Ordinal)}
        ORDER BY page.rank DESC, i.updated_at DESC, i.id
        """;

    // Letters and digits only: nothing of the agent's text can become an operator of the query language.
    private static string Words(string query)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in (query + " ").EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
            {
                word.Append(Rune.ToLowerInvariant(rune));
            }
            else if (word.Length > 0)
            {
                words.Add($"'{word}':*");
                word.Clear();
            }
        }

        return string.Join(" & ", words.Take(MostWords));
    }

    private static int Skip(IReadOnlyList<string>? position) => position is not [var text] ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var skip) && skip <= 100_000 ? skip : throw Cursor.Bad();

    private sealed record Row
    {
        public int Total { get; init; }

        public string? Excerpt { get; init; }

        public CardSummary? Card { get; init; }
    }
}
