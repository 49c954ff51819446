using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>An address to attach, its words and its kind.</summary>
internal sealed record LinkCreate(string Url, string? Title, string Kind)
{
    public static LinkCreate Read(RequestBody body)
    {
        body.Only("url", "title", "kind");
        var url = body.RequiredLine("url", 2048, shortest: 8);
        // People click on it: no other scheme, and no user name that makes one host look like another.
        if (url.Length >= 8 && !(Uri.TryCreate(url, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" && address.Host.Length > 0 && address.UserInfo.Length == 0 && !url.Contains(' ')))
        {
            body.Add("url", "must be an http or https address without a user name");
        }

        return new LinkCreate(
            url,
            body.Line("title", 255, shortest: 0),
            body.OneOf("kind", "pull_request", "commit", "branch", "build", "document", "other") ?? "other");
    }
}

/// <summary>The link that stands now, and whether this made it.</summary>
internal sealed record LinkReceipt(Guid ProjectId, string Card, LinkView Link, bool Created);

/// <summary>Attaches an address to a card, once.</summary>
internal static class AddLink
{
    public static readonly Write<LinkCreate> Write = new("card:link", LinkCreate.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, LinkCreate request)
    {
        var created = await AttachAsync(change, request);
        var link = await change.Visit.Connection.QuerySingleAsync<LinkView>(new CommandDefinition(
            """
            SELECT id, url, title, kind, @project AS projectid FROM issue_links
            WHERE issue_id = @card AND md5(url) = md5(@Url) AND deleted_at IS NULL
            """,
            new { card = change.Card.Id, project = change.Project.Id, request.Url },
            cancellationToken: change.Visit.Cancel));
        return Outcome.Of(
            created ? StatusCodes.Status201Created : StatusCodes.Status200OK,
            new LinkReceipt(change.Project.Id, change.Card.Key, link, created),
            AdapterJson.Wire.LinkReceipt);
    }

    /// <summary>True when the card did not have the link.</summary>
    public static async Task<bool> AttachAsync(Change change, LinkCreate link)
    {
        var created = await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO issue_links (id, issue_id, url, title, kind, created_by)
            VALUES (@id, @card, @Url, nullif(@Title, ''), @Kind, @Bot)
            ON CONFLICT (issue_id, md5(url)) WHERE deleted_at IS NULL DO NOTHING
            """,
            new { id = Guid.CreateVersion7(), card = change.Card.Id, link.Url, link.Title, link.Kind, change.Bot },
            cancellationToken: change.Visit.Cancel)) > 0;
        if (created)
        {
            await History.RecordAsync(change, change.Card.Id, [new Entry("created", "link", null, link.Url)]);
        }

        return created;
    }
}
