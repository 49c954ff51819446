using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Cards.Content;

/// <summary>Blocks of a card's description, in order.</summary>
internal sealed record ContentPage(
    Guid ProjectId, string Card, string ContentRev, IReadOnlyList<Block> Blocks, int Total, string? NextBlock);

/// <summary>Reads a description as blocks with ids and revisions, the form in which it can be edited.</summary>
internal static class GetContent
{
    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "types", "section", "after_block", "limit");
        var limit = query.Number("limit", 100, 200);
        var types = query.Words("types", [.. BlockTypes.All]);
        var (project, card) = await CardDetail.FindAsync(visit, http);
        var html = await HtmlAsync(visit, card.Id);
        var members = await CardMembers.OfAsync(visit, project.Id, html);
        var document = BlockDocument.Parse(html, members.ById);
        var blocks = query.Text("section", 255) is { } section
            ? document.Section(section) ?? throw NotFound("/section", "the card has no one heading of this text or id")
            : document.Blocks;
        if (query.Text("after_block", 40) is { } after)
        {
            var index = document.IndexOf(after) ?? throw NotFound("/after_block", "the card has no such block");
            var rest = document.Blocks.Skip(index + 1).Select(block => block.Id).ToHashSet(StringComparer.Ordinal);
            blocks = [.. blocks.Where(block => rest.Contains(block.Id))];
        }

        var chosen = blocks.Where(block => types is null || types.Contains(block.Type)).ToList();
        var (shown, more) = Page.Cut(chosen, limit, AdapterJson.Wire.Block);
        var page = new ContentPage(
            project.Id, card.Key, $"c{card.ContentRev}", shown, document.Blocks.Count, more ? shown[^1].Id : null);
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.ContentPage, page.ContentRev);
    }

    public static async Task<string> HtmlAsync(Visit visit, Guid card) => await visit.Connection.QuerySingleAsync<string>(
        new CommandDefinition("SELECT description_html FROM issues WHERE id = @card", new { card }, cancellationToken: visit.Cancel));

    private static RefusalException NotFound(string pointer, string message) => Refuse.Block(new FieldError(pointer, "block_not_found", message));
}
