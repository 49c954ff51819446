using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Comments;

/// <summary>What to say, in answer to what, and whom to notify.</summary>
internal sealed record CommentCreate(string Body, Guid? ReplyTo, IReadOnlyList<Named> Mention, string? ExternalId)
{
    public static CommentCreate Read(RequestBody body)
    {
        body.Only("body_markdown", "reply_to", "mention", "external_id");
        var reply = body.Line("reply_to", 40);
        var id = Guid.TryParseExact(reply, "D", out var parsed) ? parsed : (Guid?)null;
        if (reply is not null && id is null)
        {
            body.Add("reply_to", "must be the id of a comment");
        }

        var text = body.RequiredText("body_markdown", 10_000);
        if (text.Length > 0 && string.IsNullOrWhiteSpace(text))
        {
            body.Add("body_markdown", "must say something");
        }

        return new CommentCreate(text, id, body.List("mention", 5, 120), body.Line("external_id", 255));
    }
}

/// <summary>The comment that stands now, and whether it already stood.</summary>
internal sealed record CommentReceipt(
    Guid ProjectId, string Card, CommentView Comment, bool Deduplicated, string Url, IReadOnlyList<Warning> Warnings);

/// <summary>Adds a comment once: the same words of the same agent within ten minutes are the same comment.</summary>
internal static class AddComment
{
    public static readonly Write<CommentCreate> Write = new("card:comment", CommentCreate.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, CommentCreate request)
    {
        if (request.Mention.Count > 0)
        {
            change.Demand("card:mention");
        }

        var mentioned = await MentionedAsync(change, request.Mention);
        await DemandParentAsync(change, request.ReplyTo);
        var present = await PresentAsync(change, request);
        var id = present ?? await InsertAsync(change, request, mentioned);
        var receipt = new CommentReceipt(
            change.Project.Id, change.Card.Key, await CommentView.GetAsync(change.Visit, change.Card.Id, id),
            present is not null, $"{change.Visit.UrlOf(change.Card.Key)}#comment-{id}", []);
        return Outcome.Of(
            present is null ? StatusCodes.Status201Created : StatusCodes.Status200OK, receipt, AdapterJson.Wire.CommentReceipt);
    }

    private static async Task<IReadOnlyList<Person>> MentionedAsync(Change change, IReadOnlyList<Named> names)
    {
        if (names.Count == 0)
        {
            return [];
        }

        var people = await (await People.OfWorkspaceAsync(change.Visit, change.Project.Id)).ResolveAsync(change.Visit, names);
        var at = people.ToList().FindIndex(person => !person.InProject || person.IsBot);
        return at < 0 ? [.. people.DistinctBy(person => person.Id)] : throw Refuse.Invalid(
            "unknown_member",
            $"\"{names[at].Value}\" is no member of the project.",
            new FieldError(names[at].Pointer, "unknown_member", "is no member of the project") { Value = names[at].Value });
    }

    private static async Task DemandParentAsync(Change change, Guid? parent)
    {
        if (parent is not null && !await change.Visit.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            SELECT EXISTS (SELECT FROM issue_comments
                           WHERE id = @parent AND issue_id = @Id AND deleted_at IS NULL AND access = 'INTERNAL')
            """,
            new { parent, change.Card.Id },
            cancellationToken: change.Visit.Cancel)))
        {
            throw Refuse.Comment("/reply_to");
        }
    }

    private static Task<Guid?> PresentAsync(Change change, CommentCreate request) =>
        change.Visit.Connection.QueryFirstOrDefaultAsync<Guid?>(new CommandDefinition(
            """
            SELECT id FROM issue_comments
            WHERE issue_id = @Id AND actor_id = @Bot AND deleted_at IS NULL
              AND (external_source = @source AND external_id = @ExternalId
                   OR (body_markdown = @Body AND parent_id IS NOT DISTINCT FROM @ReplyTo::uuid
                       AND created_at > clock_timestamp() - interval '10 minutes'))
            ORDER BY created_at DESC LIMIT 1
            """,
            new { change.Card.Id, change.Bot, request.Body, request.ReplyTo, request.ExternalId, source = Source(change) },
            cancellationToken: change.Visit.Cancel));

    private static async Task<Guid> InsertAsync(Change change, CommentCreate request, IReadOnlyList<Person> mentioned)
    {
        var id = Guid.CreateVersion7();
        await change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO issue_comments (id, issue_id, project_id, comment_html, body_markdown, actor_id, agent_id, agent_name, owner_id,
                                        session_id, parent_id, external_source, external_id)
            VALUES (@id, @card, @project, @html, @Body, @Bot, @AgentId, @AgentName, @owner, @Session, @ReplyTo,
                    CASE WHEN @ExternalId::text IS NULL THEN NULL ELSE @source END, @ExternalId)
            """,
            new
            {
                id,
                card = change.Card.Id,
                project = change.Project.Id,
                html = CardText.ToHtml(request.Body) + Mentions(mentioned),
                request.Body,
                change.Bot,
                change.Visit.Caller.AgentId,
                change.Visit.Caller.AgentName,
                owner = change.Visit.Owner.Id,
                change.Visit.Caller.Session,
                request.ReplyTo,
                request.ExternalId,
                source = Source(change),
            },
            cancellationToken: change.Visit.Cancel));
        await History.RecordAsync(change, change.Card.Id, [new Entry("created", "comment", null, id.ToString("D"))]);
        return id;
    }

    // The only way to a notification: ids of members the agent named in "mention"; its Markdown never becomes one.
    private static string Mentions(IReadOnlyList<Person> people) => people.Count == 0 ? "" :
        $"<p class=\"editor-paragraph-block\" data-id=\"{Guid.CreateVersion7():D}\">" + string.Join(' ', people.Select(person =>
            $"<mention-component id=\"{Guid.CreateVersion7():D}\" entity_identifier=\"{person.Id:D}\" entity_name=\"user_mention\">"
            + "</mention-component>")) + "</p>";

    private static string Source(Change change) => $"agent:{change.Visit.Caller.AgentId}";
}
