using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Cards.Write;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Content;

/// <summary>What a batch did to the description.</summary>
internal sealed record ContentReceipt
{
    public required Guid ProjectId { get; init; }

    public required string Card { get; init; }

    public required string Rev { get; init; }

    public required string ContentRev { get; init; }

    public required IReadOnlyList<Block> Changed { get; init; }

    public required IReadOnlyList<Block> Added { get; init; }

    public required IReadOnlyList<PreviousText> Previous { get; init; }

    public required ChecklistProgress Progress { get; init; }

    public required IReadOnlyList<string> Sanitized { get; init; }

    public bool Deduplicated { get; init; }

    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    public required string Url { get; init; }
}

/// <summary>Applies a batch of block operations: all of them or none, each with its own scope.</summary>
internal static class EditContent
{
    public static readonly Write<ContentOps> Write = new(Scope: null, ContentOps.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, ContentOps request)
    {
        foreach (var scope in request.Ops.Select(ScopeOf).Distinct(StringComparer.Ordinal))
        {
            change.Demand(scope);
        }

        Precondition.Check(change);
        var html = await GetContent.HtmlAsync(change.Visit, change.Card.Id);
        var result = BlockEditor.Apply(html, request.Ops, await ContextAsync(change, html, request)) switch
        {
            EditResult done => done,
            BlockProblem problem => throw Refuse.Block(problem),
            var other => throw new InvalidOperationException($"The engine answered {other.GetType().Name}."),
        };
        if (result.IsChanged)
        {
            await StoreAsync(change, result);
        }

        var card = result.IsChanged
            ? await CardRow.FindAsync(change.Visit, change.Project, change.Card.Number) ?? change.Card
            : change.Card;
        return Outcome.Of(StatusCodes.Status200OK, Receipt(change, card, result), AdapterJson.Wire.ContentReceipt, $"c{card.ContentRev}");
    }

    private static ContentReceipt Receipt(Change change, CardRow card, EditResult result) => new()
    {
        ProjectId = change.Project.Id,
        Card = card.Key,
        Rev = $"r{card.Rev}",
        ContentRev = $"c{card.ContentRev}",
        Changed = result.Changed,
        Added = result.Added,
        Previous = result.Previous,
        Progress = new ChecklistProgress(result.Progress.Checked, result.Progress.Total),
        Sanitized = result.Sanitized,
        Warnings = result.Sanitized is []
            ? []
            : [new Warning("content_sanitized", $"Kept as plain text or left out: {string.Join(", ", result.Sanitized)}.")],
        Url = change.Visit.UrlOf(card.Key),
    };

    private static async Task<EditContext> ContextAsync(Change change, string html, ContentOps request)
    {
        var tokens = string.Concat(request.Ops.Select(op => op.Markdown + string.Concat((op.Blocks ?? []).Select(block => block.Text))));
        var members = await CardMembers.OfAsync(change.Visit, change.Project.Id, html + tokens);
        return new EditContext
        {
            MentionsAllowed = change.Visit.Caller.Scopes.Contains("card:mention"),
            MemberById = members.ById,
            MemberByHandle = members.ByHandle,
        };
    }

    // The trigger keeps the text that was there, under the revision it had, and counts content_rev on.
    private static async Task StoreAsync(Change change, EditResult result)
    {
        await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE issues SET description_html = @Html, description_stripped = @StrippedText WHERE id = @Id",
            new { change.Card.Id, result.Html, result.StrippedText },
            cancellationToken: change.Visit.Cancel));
        var before = change.Card.ContentRev;
        await History.RecordAsync(change, change.Card.Id, [new Entry("updated", "description", $"c{before}", $"c{before + 1}")]);
    }

    private static string ScopeOf(BlockOp op) => op.Op switch
    {
        BlockOps.ReplaceText => "card:content:replace",
        BlockOps.SetChecked => "card:content:check",
        _ => "card:content:append",
    };
}
