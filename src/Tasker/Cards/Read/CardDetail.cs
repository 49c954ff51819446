using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Comments;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Sessions;
using AgentGateway.Tasker.Text;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>A state by its name and group.</summary>
internal sealed record StateName(string Name, string Group);

/// <summary>Another card, named.</summary>
internal sealed record CardRef(Guid Id, string Key, string Title, Guid ProjectId);

/// <summary>How much of a card's checklist is done.</summary>
internal sealed record ChecklistProgress(int Checked, int Total);

/// <summary>One card with what was asked for around it.</summary>
internal sealed record CardDetail
{
    private const int MostCharacters = 8_000;
    private const int MostBytes = 16 * 1024;

    // The gateway gives an agent 32 KB; what surrounds the parts, and the members it leaves out, need the rest.
    private const int MostBytesOfAll = 28 * 1024;
    private const int LatestComments = 5;
    private const int LatestActivity = 20;
    private const int MostSubcards = 100;
    private const int MostLinks = 100;
    private const int MostBytesOfLinks = 4 * 1024;

    public required Guid Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Key { get; init; }

    public required int Sequence { get; init; }

    public required string Project { get; init; }

    public required string Title { get; init; }

    public required StateName State { get; init; }

    public required string Priority { get; init; }

    public required string[] Assignees { get; init; }

    public required string[] Labels { get; init; }

    public required CardRef? Parent { get; init; }

    public required string? StartDate { get; init; }

    public required string? DueDate { get; init; }

    public required string? Estimate { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public required ActorView CreatedBy { get; init; }

    public IReadOnlyList<LinkView> Links { get; init; } = [];

    public required ChecklistProgress Progress { get; init; }

    public required int CommentCount { get; init; }

    public SessionView? WorkSession { get; init; }

    public required string Rev { get; init; }

    public required string ContentRev { get; init; }

    public string Url { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentMarkdown { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ContentTruncated { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CommentView>? Comments { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ActivityView>? Activity { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<CardSummary>? Subcards { get; init; }

    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "include");
        var include = query.Words("include", "content", "comments", "activity", "subcards") ?? new HashSet<string> { "content", "comments" };
        var (project, card) = await FindAsync(visit, http);
        var detail = Of(await DetailRow.ReadAsync(visit, card.Id), project, card) with
        {
            Url = visit.UrlOf(card.Key),
            Links = Page.Cut(await LinkView.OfAsync(visit, card.Id), MostLinks, AdapterJson.Wire.LinkView, MostBytesOfLinks).Items,
            WorkSession = await SessionView.OfCardAsync(visit, card.Id),
        };
        detail = include.Contains("content") ? detail : detail with { ContentMarkdown = null, ContentTruncated = null };
        detail = await WithPartsAsync(visit, detail, include);
        return Outcome.Of(StatusCodes.Status200OK, detail, AdapterJson.Wire.CardDetail, detail.Rev);
    }

    /// <summary>The card of the path, in the one granted project, if people can see it too.</summary>
    public static async Task<(ProjectRow Project, CardRow Card)> FindAsync(Visit visit, HttpContext http)
    {
        var key = CardKey.FromRoute(http);
        var project = await ProjectRow.OfCardAsync(visit, key);
        project.Demand("card:read");
        return await CardRow.FindAsync(visit, project, key.Number) is { Visible: true } card
            ? (project, card)
            : throw Refuse.Card(key.ToString());
    }

    // Each part gets an equal share of what the parts before it left over.
    private static async Task<CardDetail> WithPartsAsync(Visit visit, CardDetail detail, IReadOnlySet<string> include)
    {
        var parts = include.Count(part => part != "content");
        if (include.Contains("comments"))
        {
            detail = detail with { Comments = Fit(await CommentView.NewestAsync(visit, detail.Id, LatestComments), Share()) };
        }

        if (include.Contains("activity"))
        {
            var activity = await ActivityView.NewestAsync(visit, detail.Id, LatestActivity);
            detail = detail with { Activity = Page.Cut(activity, LatestActivity, AdapterJson.Wire.ActivityView, Share()).Items };
        }

        if (include.Contains("subcards"))
        {
            var subcards = await CardSummary.BelowAsync(visit, detail.Id);
            detail = detail with { Subcards = Page.Cut(subcards, MostSubcards, AdapterJson.Wire.CardSummary, Share()).Items };
        }

        return detail;

        int Share() => (MostBytesOfAll - Size(detail, AdapterJson.Wire.CardDetail)) / parts--;
    }

    // All of the latest comments, with their beginnings, tell more than one of them in full; list_comments has the rest.
    private static IReadOnlyList<CommentView> Fit(IReadOnlyList<CommentView> comments, int bytes)
    {
        if (comments.Sum(comment => Size(comment, AdapterJson.Wire.CommentView)) <= bytes)
        {
            return comments;
        }

        var frames = comments.Sum(comment => Size(comment with { BodyMarkdown = "" }, AdapterJson.Wire.CommentView));
        var each = Math.Max(200, (bytes - frames) / comments.Count - 40);
        return [.. comments.Select(comment => comment with { BodyMarkdown = Page.Shown(comment.BodyMarkdown, each) })];
    }

    private static int Size<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type).Length;

    private static CardDetail Of(DetailRow row, ProjectRow project, CardRow card)
    {
        var (markdown, cut) = Page.Text(CardText.ToMarkdown(row.Html), MostCharacters, MostBytes);
        var (done, total) = CardText.Progress(row.Html);
        return new CardDetail
        {
            Id = card.Id,
            ProjectId = project.Id,
            Key = card.Key,
            Sequence = card.Number,
            Project = project.Key,
            Title = card.Title,
            State = new StateName(row.State, row.Group),
            Priority = card.Priority,
            Assignees = row.Assignees,
            Labels = row.Labels,
            Parent = card.Parent is { } parent ? new CardRef(parent, $"{project.Key}-{row.ParentNumber}", row.ParentTitle ?? "", project.Id) : null,
            StartDate = card.StartDate,
            DueDate = card.DueDate,
            Estimate = row.Estimate,
            CreatedAt = row.CreatedAt,
            UpdatedAt = row.UpdatedAt,
            CreatedBy = ActorView.Of(row),
            Progress = new ChecklistProgress(done, total),
            CommentCount = row.CommentCount,
            Rev = $"r{card.Rev}",
            ContentRev = $"c{card.ContentRev}",
            ContentMarkdown = markdown,
            ContentTruncated = cut,
        };
    }
}
