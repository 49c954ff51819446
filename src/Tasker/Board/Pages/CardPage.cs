using System.Globalization;
using AgentGateway.Tasker.Board.History;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>One card with its text, talk and history; as a page of its own and as the board's drawer.</summary>
internal sealed class CardPage(CardDetail detail, string token, DateTimeOffset now)
{
    public Markup Page(Frame frame)
    {
        var card = detail.Card;
        return Layout.Render(frame, $"{card.Name} · {card.Title}", card.Key, Markup.Empty, Markup.Of($"""
            <div class="card-page"><a class="back" href="/board/{card.Key}">{Icons.Back}Board</a>{Fragment()}</div>
            """));
    }

    public Markup Fragment()
    {
        var card = detail.Card;
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var agent = card.Agent is { } name ? Layout.AgentBadge(name, card.AgentOwner) : Markup.Empty;
        return Markup.Of($"""
            <article class="card" data-card="{card.Id}" data-number="{card.Number}">
            <div class="card-top"><span class="key">{card.Name}</span>
            <span class="state group-{card.StateGroup}">{Icons.State(card.StateGroup)}<bdi>{card.StateName}</bdi></span>
            {agent}</div>
            <h1 tabindex="-1"><bdi>{card.Title}</bdi></h1>
            {Parent(detail.Body)}
            {SessionBadge.OnCard(card, now)}
            <dl class="facts">
            <div><dt>Priority</dt><dd>{Icons.Priority(card.Priority)}<span>{card.Priority}</span></dd></div>
            {Fact("Due", CardTile.Due(card, today))}
            {Fact("Labels", CardTile.Labels(card))}
            {Fact("Assignees", People(card.Assignees))}
            <div><dt>Created</dt><dd><span><bdi>{detail.Body.CreatedBy}</bdi> · {When(detail.Body.CreatedAt, now)}</span></dd></div>
            </dl>
            <section class="text" aria-label="Description">{Text(detail.Body.DescriptionHtml)}</section>
            {Section("Sub-cards", detail.Subcards.Count, Subcards(detail.Subcards))}
            {Section("Links", detail.Links.Count, Links(detail.Links))}
            {Section("Comments", detail.Comments.Count, Comments(detail.Comments, now))}
            {VersionPage.Agents($"/board/{card.Key}/{card.Number}", detail.Agents, detail.Agent)}
            {Section("Versions", detail.Versions.Count, VersionPage.List(card, detail.Versions, token, now))}
            {Section("Activity", detail.Activity.Count, Activity())}
            </article>
            """);
    }

    private static Markup Text(string html) => Markup.Sanitised(CleanHtml.From(html));

    private static Markup Parent(CardBody body) => body.Parent is null
        ? Markup.Empty
        : Markup.Of($"""
            <p class="parent">Part of <a href="/board/{body.Parent.Replace('-', '/')}"><b>{body.Parent}</b>
            <bdi>{body.ParentTitle}</bdi></a></p>
            """);

    private static Markup Fact(string name, Markup value) => value == Markup.Empty
        ? Markup.Empty
        : Markup.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");

    private static Markup People(string[] names) => names.Length == 0
        ? Markup.Empty
        : Markup.Of($"""<ul class="people">{names.Select(Person)}</ul>""");

    private static Markup Person(string name) => Markup.Of($"<li>{Layout.Avatar(name)}<bdi>{name}</bdi></li>");

    private static Markup Section(string title, int count, Markup content) => count == 0
        ? Markup.Empty
        : Markup.Of($"<section class=\"part\"><h2>{title} <span class=\"count\">{count}</span></h2>{content}</section>");

    private static Markup Subcards(IReadOnlyList<CardRow> cards) =>
        Markup.Of($"""<ul class="subcards">{cards.Select(Subcard)}</ul>""");

    private static Markup Subcard(CardRow card) => Markup.Of($"""
        <li class="group-{card.StateGroup}">{Icons.State(card.StateGroup)}<a href="/board/{card.Key}/{card.Number}">
        <b>{card.Name}</b> <bdi>{card.Title}</bdi></a><span>{card.StateName}</span></li>
        """);

    private static Markup Links(IReadOnlyList<LinkRow> links) => Markup.Of($"""<ul class="links">{links.Select(Link)}</ul>""");

    private static Markup Link(LinkRow link)
    {
        var title = string.IsNullOrWhiteSpace(link.Title) ? link.Url : link.Title;
        var safe = Uri.TryCreate(link.Url, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
        var text = safe
            ? Markup.Of($"""<a href="{link.Url}" rel="noopener noreferrer nofollow" target="_blank"><bdi>{title}</bdi></a>""")
            : Markup.Of($"<bdi>{title}</bdi>");
        return Markup.Of($"""<li>{Icons.Link}{text}<span class="kind">{link.Kind.Replace('_', ' ')}</span></li>""");
    }

    private static Markup Comments(IReadOnlyList<CommentRow> comments, DateTimeOffset now) => Markup.Of($"""
        <ol class="comments">{comments.Select(comment => Comment(comment, now))}</ol>
        """);

    private static Markup Comment(CommentRow comment, DateTimeOffset now)
    {
        var edited = comment switch
        {
            { Session: not null, EditedAt: { } at } => Markup.Of($" · updated {When(at, now)}"),
            { EditedAt: not null } => Markup.Of($" · edited"),
            _ => Markup.Empty,
        };
        var session = comment.Session is { } status ? SessionBadge.Pill(status) : Markup.Empty;
        var kind = comment.Session is null ? Markup.Empty : Markup.Of($" class=\"session-note\"");
        var bot = Markup.Of($"""<span class="avatar bot">{Icons.Agent}</span>""");
        var face = comment.Agent is null ? Layout.Avatar(comment.Author) : bot;
        var author = Author(comment.Author, comment.Agent, comment.Owner);
        return Markup.Of($"""
            <li{kind}>{face}<div><p class="said-by">{author}{session}<span>{When(comment.At, now)}{edited}</span></p>
            <div class="text">{Text(comment.Html)}</div></div></li>
            """);
    }

    private Markup Activity() => Markup.Of($"""<ol class="history">{detail.Activity.Select(Entry)}</ol>""");

    private Markup Entry(ActivityRow row)
    {
        var kind = row.Verb == "agent_content_lost" ? "lost" : row.Agent is null ? "person" : "by-agent";
        var author = Author(row.Actor, row.Agent, row.Owner);
        return Markup.Of($"""
            <li class="{kind}"><span>{author} {Sentence.Of(row)}</span><span class="when">{When(row.At, now)}</span></li>
            """);
    }

    public static Markup Author(string person, string? agent, string? owner)
    {
        if (agent is null)
        {
            return Markup.Of($"<b><bdi>{person}</bdi></b>");
        }

        var whose = owner is null ? Markup.Empty : Markup.Of($" <span class=\"whose\">for <bdi>{owner}</bdi></span>");
        return Markup.Of($"<b class=\"agent-name\">{Icons.Agent}<bdi>{agent}</bdi></b>{whose}");
    }

    public static Markup When(DateTime at, DateTimeOffset now)
    {
        var age = now.UtcDateTime - at;
        var text = age switch
        {
            { TotalMinutes: < 1 } => "just now",
            { TotalHours: < 1 } => $"{(int)age.TotalMinutes} min ago",
            { TotalDays: < 1 } => $"{(int)age.TotalHours} h ago",
            { TotalDays: < 30 } => $"{(int)age.TotalDays} d ago",
            _ => at.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        };
        var machine = at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var full = at.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return Markup.Of($"""<time datetime="{machine}" title="{full}">{text}</time>""");
    }
}
