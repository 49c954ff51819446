using System.Text.Json.Serialization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Comments;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
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
    private const int LatestComments = 5;
    private const int MostSubcards = 100;

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

    public required IReadOnlyList<LinkView> Links { get; init; }

    public required ChecklistProgress Progress { get; init; }

    public required int CommentCount { get; init; }

    public required string Rev { get; init; }

    public required string ContentRev { get; init; }

    public required string Url { get; init; }

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
            Links = await LinkView.OfAsync(visit, card.Id),
            Comments = include.Contains("comments") ? await CommentsAsync(visit, card.Id) : null,
            Activity = include.Contains("activity") ? await ActivityView.NewestAsync(visit, card.Id, 20) : null,
            Subcards = include.Contains("subcards") ? await SubcardsAsync(visit, card.Id) : null,
        };
        detail = include.Contains("content") ? detail : detail with { ContentMarkdown = null, ContentTruncated = null };
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

    private static async Task<IReadOnlyList<CommentView>> CommentsAsync(Visit visit, Guid card) =>
        Page.Cut(await CommentView.NewestAsync(visit, card, LatestComments), LatestComments, AdapterJson.Wire.CommentView).Items;

    private static async Task<IReadOnlyList<CardSummary>> SubcardsAsync(Visit visit, Guid card) =>
        Page.Cut(await CardSummary.BelowAsync(visit, card), MostSubcards, AdapterJson.Wire.CardSummary).Items;

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
            Links = [],
            Progress = new ChecklistProgress(done, total),
            CommentCount = row.CommentCount,
            Rev = $"r{card.Rev}",
            ContentRev = $"c{card.ContentRev}",
            Url = "",
            ContentMarkdown = markdown,
            ContentTruncated = cut,
        };
    }
}
