using AgentGateway.Tasker.Adapter.Input;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>A card as an agent asks for it.</summary>
internal sealed record CardCreate
{
    public required string Title { get; init; }

    public string? Content { get; init; }

    public Named? State { get; init; }

    public required string Priority { get; init; }

    public IReadOnlyList<Named> Labels { get; init; } = [];

    public IReadOnlyList<Named> Assignees { get; init; } = [];

    public string? Parent { get; init; }

    public DateOnly? StartDate { get; init; }

    public DateOnly? DueDate { get; init; }

    public string? Estimate { get; init; }

    public string? ExternalId { get; init; }

    public bool AllowDuplicate { get; init; }

    public static CardCreate Read(RequestBody body)
    {
        body.Only(
            "title", "content_markdown", "state", "priority", "labels", "assignees", "parent", "start_date", "due_date", "estimate",
            "external_id", "allow_duplicate");
        var card = new CardCreate
        {
            Title = body.RequiredLine("title", 255),
            Content = body.Text("content_markdown", 262_144, shortest: 0),
            State = body.Line("state", 255) is { } state ? new Named("/state", state) : null,
            Priority = body.OneOf("priority", "urgent", "high", "medium", "low", "none") ?? "none",
            Labels = body.List("labels", 20, 255),
            Assignees = body.List("assignees", 10, 120),
            Parent = body.Line("parent", 80),
            StartDate = body.Date("start_date").Value,
            DueDate = body.Date("due_date").Value,
            Estimate = body.Line("estimate", 40),
            ExternalId = body.Line("external_id", 255),
            AllowDuplicate = body.Flag("allow_duplicate"),
        };
        if (card.StartDate > card.DueDate)
        {
            body.Add("start_date", "lies after the due date");
        }

        return card;
    }
}
