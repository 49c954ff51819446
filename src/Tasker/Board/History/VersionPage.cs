using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Board.Pages;

namespace AgentGateway.Tasker.Board.History;

/// <summary>The versions of a description: as a list under its card, and one by itself before somebody goes back to it.</summary>
internal static class VersionPage
{
    public static Markup List(CardRow card, IReadOnlyList<VersionRow> versions, string token, DateTimeOffset now) => Markup.Of($"""
        <ol class="history versions">{versions.Select(version => Item(card, version, token, now))}</ol>
        """);

    public static Markup Render(
        Frame frame, CardRow card, VersionRow version, string html, string token, DateTimeOffset now) =>
        Layout.Render(frame, $"{card.Name} · version {version.Rev}", card.Key, Markup.Empty, Markup.Of($"""
            <div class="card-page"><a class="back" href="/board/{card.Key}/{card.Number}">{Icons.Back}{card.Name}</a>
            <article class="card">
            <p class="eyebrow">Version c{version.Rev}</p>
            <h1 tabindex="-1"><bdi>{card.Title}</bdi></h1>
            <ol class="history versions">{Item(card, version, token, now)}</ol>
            <section class="text" aria-label="Description">{Markup.Sanitised(CleanHtml.From(html))}</section>
            </article></div>
            """));

    /// <summary>Links that show one agent's work alone; nothing where no agent worked.</summary>
    public static Markup Agents(string address, IReadOnlyList<AgentRow> agents, string? chosen)
    {
        if (agents.Count == 0)
        {
            return Markup.Empty;
        }

        var everybody = Choice(address, "Everybody", chosen is null);
        var each = agents.Select(agent => Choice($"{address}?agent={Uri.EscapeDataString(agent.Id)}", Name(agent), agent.Id == chosen));
        return Markup.Of($"""
            <nav class="agent-filter" aria-label="Agents"><ul>{everybody}{each}</ul></nav>
            """);
    }

    private static string Name(AgentRow agent) => agent.Owner is null ? agent.Name : $"{agent.Name} for {agent.Owner}";

    private static Markup Choice(string address, string name, bool active)
    {
        var current = active ? Markup.Of($" aria-current=\"true\"") : Markup.Empty;
        return Markup.Of($"""<li><a href="{address}"{current}><bdi>{name}</bdi></a></li>""");
    }

    private static Markup Item(CardRow card, VersionRow version, string token, DateTimeOffset now)
    {
        var address = $"/board/{card.Key}/{card.Number}/versions/{version.Rev}";
        var back = version.IsCurrent
            ? Markup.Of($"""<span class="count">current</span>""")
            : Markup.Of($"""
                <form method="post" action="{address}/restore" data-send><input type="hidden" name="token" value="{token}">
                <button class="chip" type="submit" aria-label="Restore version c{version.Rev}">Restore</button></form>
                """);
        var style = version.Agent is null ? "person" : "by-agent";
        var author = CardPage.Author(version.Actor, version.Agent, version.Owner);
        var when = CardPage.When(version.At, now);
        return Markup.Of($"""
            <li class="{style}"><span><a href="{address}"><b>c{version.Rev}</b></a> {author} {Deed(version)}</span><span class="when">{when}</span>{back}</li>
            """);
    }

    private static Markup Deed(VersionRow version) => version switch
    {
        { RestoredFrom: { } rev } => Markup.Of($"went back to c{rev}"),
        { Rev: 1 } => Markup.Of($"wrote it"),
        { Reason: { Length: > 0 } reason } => Markup.Of($"{string.Join(", ", reason.Split(", ").Select(Word))}"),
        _ => Markup.Of($"edited it"),
    };

    private static string Word(string op) => op switch
    {
        BlockOps.Append => "added text",
        BlockOps.InsertAfter => "inserted text",
        BlockOps.ReplaceText => "rewrote text",
        BlockOps.SetChecked => "ticked items",
        _ => op,
    };
}
