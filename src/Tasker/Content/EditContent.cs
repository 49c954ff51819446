using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards;
using AgentGateway.Tasker.Cards.Write;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Content;

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

        // The card's row is locked since the write arrived, so this is the text every operation meets.
        var stored = await StoredContent.ReadAsync(change.Visit, change.Card.Id);
        var context = await ContextAsync(change, stored.Html, request);
        var key = RepeatedAppend.KeyOf(request.Ops);
        if (key is not null && await RepeatedAsync(change, stored, context, key) is { } repeated)
        {
            return repeated;
        }

        Precondition.Check(change);
        var result = Edit(stored, request, context);
        var card = result.IsChanged ? await StoreAsync(change, request, result, key) : change.Card;
        return Answer(ContentReceipt.Of(change, card, result.Progress) with
        {
            Changed = result.Changed,
            Added = result.Added,
            // Its version has the whole; a receipt too large to deliver would hide that the change was made.
            Previous = [.. result.Previous.Select(old => old with { Text = old.Text is { } text ? Page.Shown(text) : null })],
            Sanitized = result.Sanitized,
            Warnings = result.Sanitized is []
                ? []
                : [new Warning("content_sanitized", $"Kept as plain text or left out: {string.Join(", ", result.Sanitized)}.")],
        });
    }

    /// <summary>The batch as a part of another write, whose caller demanded the scopes; true when the description changed.</summary>
    public static async Task<bool> ApplyAsync(Change change, ContentOps request)
    {
        var stored = await StoredContent.ReadAsync(change.Visit, change.Card.Id);
        var result = Edit(stored, request, await ContextAsync(change, stored.Html, request));
        if (result.IsChanged)
        {
            await StoreAsync(change, request, result, key: null);
        }

        return result.IsChanged;
    }

    private static EditResult Edit(StoredContent stored, ContentOps request, EditContext context) =>
        BlockEditor.Apply(stored.Html, request.Ops, context) switch
        {
            EditResult done => done,
            BlockProblem problem => throw ContentRefusal.Of(problem, request.Ops),
            var other => throw new InvalidOperationException($"The engine answered {other.GetType().Name}."),
        };

    // Before If-Match is looked at: what the caller asks for has verifiably been done (RFC 9110, 13.1.1).
    private static async Task<Outcome?> RepeatedAsync(Change change, StoredContent stored, EditContext context, byte[] key)
    {
        var document = new Lazy<BlockDocument>(() => BlockDocument.Parse(stored.Html, context.MemberById));
        return await RepeatedAppend.FindAsync(change, key, document) is { } present
            ? Answer(ContentReceipt.Of(change, change.Card, document.Value.Progress) with { Added = present, Deduplicated = true })
            : null;
    }

    private static Outcome Answer(ContentReceipt receipt) =>
        Outcome.Of(StatusCodes.Status200OK, receipt, AdapterJson.Wire.ContentReceipt, receipt.ContentRev);

    private static async Task<EditContext> ContextAsync(Change change, string html, ContentOps request)
    {
        var tokens = string.Concat(request.Ops.Select(op => op.Markdown + string.Concat((op.Blocks ?? []).Select(block => block.Text))));
        var members = await CardMembers.OfAsync(change.Visit, change.Project.Id, html + tokens);
        return new EditContext
        {
            MentionsAllowed = change.May("card:mention"),
            MemberById = members.ById,
            MemberByHandle = members.ByHandle,
        };
    }

    // Triggers count rev and content_rev on and keep the new text as a version under the signature.
    private static async Task<CardRow> StoreAsync(Change change, ContentOps request, EditResult result, byte[]? key)
    {
        var reason = string.Join(", ", request.Ops.Select(op => op.Op).Distinct(StringComparer.Ordinal));
        await Signature.SignAsync(change, reason, result.Written, key);
        await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            "UPDATE issues SET description_html = @Html, description_stripped = @StrippedText WHERE id = @Id",
            new { change.Card.Id, result.Html, result.StrippedText },
            cancellationToken: change.Visit.Cancel));
        var card = await CardRow.FindAsync(change.Visit, change.Project, change.Card.Number)
            ?? throw new InvalidOperationException("A locked card vanished.");
        var entry = new Entry("updated", "description", $"c{change.Card.ContentRev}", $"c{card.ContentRev}");
        await History.RecordAsync(change, card.Id, [entry], reason);
        return card;
    }

    private static string ScopeOf(BlockOp op) => op.Op switch
    {
        BlockOps.ReplaceText => "card:content:replace",
        BlockOps.SetChecked => "card:content:check",
        _ => "card:content:append",
    };
}
