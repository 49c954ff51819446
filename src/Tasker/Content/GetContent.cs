using System.Text.Json.Serialization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Blocks.Tree;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;

namespace AgentGateway.Tasker.Content;

/// <summary>A part of a card's description: its blocks in order, or the same part as one Markdown text.</summary>
internal sealed record ContentPage(
    Guid ProjectId, string Card, string ContentRev, IReadOnlyList<Block> Blocks, int Total, string? NextBlock)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Markdown { get; init; }
}

/// <summary>Reads a description as blocks with ids and revisions, the form in which it can be edited.</summary>
internal static class GetContent
{
    private const int UsualPage = 200;
    private const int LargestPage = 500;

    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "types", "section", "after_block", "limit", "format");
        var limit = query.Number("limit", UsualPage, LargestPage);
        var types = query.Words("types", [.. BlockTypes.All]);
        var asMarkdown = query.OneOf("format", "blocks", "markdown") == "markdown";
        var (project, card) = await CardDetail.FindAsync(visit, http);
        var stored = await StoredContent.ReadAsync(visit, card.Id);
        var members = await CardMembers.OfAsync(visit, project.Id, stored.Html);
        var document = BlockDocument.Parse(stored.Html, members.ById);

        var (start, end) = Section(document, query.Text("section", 255));
        var chosen = Enumerable.Range(start, end - start)
            .Where(index => types is null || types.Contains(document.Blocks[index].Type))
            .ToList();
        var after = query.Text("after_block", 40) is { } last ? Find(document, last) : -1;
        var rest = chosen.Where(index => index > after).ToList();
        var (shown, more) = Page.Cut([.. rest.Select(index => Shown(document.Blocks[index]))], limit, AdapterJson.Wire.Block);
        var page = new ContentPage(
            project.Id, card.Key, $"c{stored.Rev}", asMarkdown ? [] : shown, chosen.Count, more ? shown[^1].Id : null)
        {
            Markdown = asMarkdown ? Markdown(document, rest.Take(shown.Count)) : null,
        };
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.ContentPage, page.ContentRev);
    }

    // People may write paragraphs of any length; the whole of one would hide all that follows from the agent.
    private static Block Shown(Block block) => block.Text is { } text ? block with { Text = Page.Shown(text) } : block;

    private static (int Start, int End) Section(BlockDocument document, string? section)
    {
        if (section is null)
        {
            return (0, document.Blocks.Count);
        }

        var match = BlockLookup.Heading(document, section);
        return match.Index is { } heading
            ? (heading + 1, document.SectionEnd(heading))
            : throw Missing("/section", section, match, match.Ambiguous
                ? "Several headings have this text; give the id of one."
                : "The card has no heading of this text or id.");
    }

    private static int Find(BlockDocument document, string block)
    {
        var match = BlockLookup.Find(document, block);
        return match.Index ?? throw Missing("/after_block", block, match, match.Ambiguous
            ? "The block id is the start of several ids; give more digits."
            : "The card has no block with this id; its content may have changed since.");
    }

    private static string Markdown(BlockDocument document, IEnumerable<int> blocks)
    {
        var indexes = blocks.ToList();
        return ReadingMarkdown.Write(
            indexes.ConvertAll(index => document.Nodes[index]), indexes.ConvertAll(index => document.Texts[index]));
    }

    private static RefusalException Missing(string pointer, string value, BlockMatch match, string message) => Refuse.Block(
        new FieldError(pointer, BlockCodes.BlockNotFound, message)
        {
            Value = value,
            Candidates = match.Candidates is [] ? null : [.. match.Candidates.Select(block => block.Id)],
        });
}
