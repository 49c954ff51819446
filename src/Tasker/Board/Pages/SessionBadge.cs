namespace AgentGateway.Tasker.Board.Pages;

/// <summary>Who works on a card now, as the agent says itself: a badge on the tile, a panel on the card.</summary>
internal static class SessionBadge
{
    /// <summary>The open session, or who wrote last when there is none.</summary>
    public static Markup OnTile(CardRow card)
    {
        if (card is not { SessionAgent: { } agent, SessionStatus: { } status })
        {
            return card.Agent is { } name ? Layout.AgentBadge(name, card.AgentOwner) : Markup.Empty;
        }

        var whose = card.SessionOwner is { } owner ? $", on behalf of {owner}" : "";
        var title = $"The agent {agent}{whose} works on this card: {Word(status)}";
        return Markup.Of($"""
            <span class="agent at-work session-{status}" title="{title}">{Icons.Agent}<bdi>{agent}</bdi><span class="session-state">{Word(status)}</span></span>
            """);
    }

    public static Markup OnCard(CardRow card, DateTimeOffset now)
    {
        if (card is not { SessionAgent: { } agent, SessionStatus: { } status })
        {
            return Markup.Empty;
        }

        var author = CardPage.Author(agent, agent, card.SessionOwner);
        return Markup.Of($"""
            <section class="session session-{status}" aria-label="Work session">
            <p class="session-head">{author} {Pill(status)}</p>
            <p class="session-goal"><bdi>{card.SessionGoal}</bdi></p>
            <p class="session-when">Started {CardPage.When(card.SessionStarted, now)}, last report {CardPage.When(card.SessionReported, now)}</p>
            </section>
            """);
    }

    public static Markup Pill(string status) => Markup.Of($"""<span class="pill session-{status}">{Word(status)}</span>""");

    private static string Word(string status) => status switch
    {
        "needs_input" => "needs input",
        "stale" => "no report for long",
        _ => status,
    };
}
