using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>What a write changed and how the card stands now.</summary>
internal sealed record Receipt
{
    public required Guid ProjectId { get; init; }

    public required string Card { get; init; }

    public IReadOnlyList<string> Changed { get; init; } = [];

    public JsonObject Before { get; init; } = [];

    public JsonObject After { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Added { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Removed { get; init; }

    /// <summary>The card's checklist, where the write reports on it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChecklistProgress? Progress { get; init; }

    public string Rev { get; init; } = "";

    public string ContentRev { get; init; } = "";

    public bool Deduplicated { get; init; }

    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    public string Url { get; init; } = "";

    public StateName? State { get; init; }

    public string[] Labels { get; init; } = [];

    public string[] Assignees { get; init; } = [];

    /// <summary>Completes a receipt with the card as the transaction leaves it.</summary>
    public async Task<Outcome> ToOutcomeAsync(Visit visit, ProjectRow project, int number, int status = StatusCodes.Status200OK)
    {
        var whole = await CompleteAsync(visit, project, number);
        return Outcome.Of(status, whole, AdapterJson.Wire.Receipt, whole.Rev);
    }

    public async Task<Receipt> CompleteAsync(Visit visit, ProjectRow project, int number)
    {
        var card = await CardRow.FindAsync(visit, project, number) ?? throw new InvalidOperationException("A locked card vanished.");
        var row = await DetailRow.ReadAsync(visit, card.Id);
        return this with
        {
            Rev = $"r{card.Rev}",
            ContentRev = $"c{card.ContentRev}",
            Url = visit.UrlOf(card.Key),
            State = new StateName(row.State, row.Group),
            Labels = row.Labels,
            Assignees = row.Assignees,
        };
    }

    public static Receipt For(Change change) => new() { ProjectId = change.Project.Id, Card = change.Card.Key };
}
