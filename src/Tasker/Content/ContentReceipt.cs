using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;

namespace AgentGateway.Tasker.Content;

/// <summary>What a batch did to the description.</summary>
internal sealed record ContentReceipt
{
    public required Guid ProjectId { get; init; }

    public required string Card { get; init; }

    public required string Rev { get; init; }

    public required string ContentRev { get; init; }

    public IReadOnlyList<Block> Changed { get; init; } = [];

    public IReadOnlyList<Block> Added { get; init; } = [];

    public IReadOnlyList<PreviousText> Previous { get; init; } = [];

    public required ChecklistProgress Progress { get; init; }

    public IReadOnlyList<string> Sanitized { get; init; } = [];

    public bool Deduplicated { get; init; }

    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    public required string Url { get; init; }

    public static ContentReceipt Of(Change change, CardRow card, (int Checked, int Total) progress) => new()
    {
        ProjectId = change.Project.Id,
        Card = card.Key,
        Rev = $"r{card.Rev}",
        ContentRev = $"c{card.ContentRev}",
        Progress = new ChecklistProgress(progress.Checked, progress.Total),
        Url = change.Visit.UrlOf(card.Key),
    };
}
