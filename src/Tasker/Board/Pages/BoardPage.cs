using AgentGateway.Tasker.Board.History;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>One project's columns; live once its script runs, complete without it.</summary>
internal static class BoardPage
{
    public static Markup Render(BoardView view)
    {
        var tools = Markup.Of($"""
            <span class="live" id="live" data-state="off"><i></i><span>Offline</span></span>
            <label class="filter">{Icons.Search}<span class="hidden">Filter cards</span><input
            id="filter" type="search" placeholder="Filter  /" autocomplete="off" spellcheck="false"></label>
            <button class="chip" id="agents" type="button" aria-pressed="false">{Icons.Agent}<span>Agents</span></button>
            """);
        var only = view.Agent is null ? "" : $"&agent={Uri.EscapeDataString(view.Agent)}";
        var byState = view.Cards.ToLookup(card => card.State);
        var main = Markup.Of($"""
            <section class="board-head"><h1><bdi>{view.Project.Name}</bdi></h1><p><bdi>{view.Project.Description}</bdi></p>
            {VersionPage.Agents($"/board/{view.Project.Key}", view.Agents, view.Agent)}</section>
            <div class="board" id="board" data-events="/board/{view.Project.Key}/events?since={view.Position}{only}">
            {view.States.Select(state => Column(state, byState[state.Id], view.Today))}
            </div>
            <dialog class="drawer" id="drawer" aria-label="Card"></dialog>
            """);
        return Layout.Render(view.Frame, $"{view.Project.Key} · {view.Project.Name}", view.Project.Key, tools, main);
    }

    private static Markup Column(StateRow state, IEnumerable<CardRow> cards, DateOnly today)
    {
        var hidden = state.Cards - BoardReader.CardsPerColumn;
        var more = hidden > 0 ? Markup.Of($"""<p class="more-cards">{hidden} more are not shown.</p>""") : Markup.Empty;
        return Markup.Of($"""
            <section class="column group-{state.Group}" data-state="{state.Id}" aria-labelledby="s-{state.Id}">
            <header><h2 id="s-{state.Id}">{Icons.State(state.Group)}<bdi>{state.Name}</bdi></h2><span class="count">{state.Cards}</span></header>
            <ol class="cards" tabindex="-1">{cards.Select(card => CardTile.Render(card, today))}</ol>{more}
            </section>
            """);
    }
}

/// <summary>Everything the board page shows, read at one position of the change feed.</summary>
internal sealed record BoardView
{
    public required ProjectRow Project { get; init; }

    public required Frame Frame { get; init; }

    public required IReadOnlyList<StateRow> States { get; init; }

    public required IReadOnlyList<CardRow> Cards { get; init; }

    /// <summary>The agents that worked on the project.</summary>
    public required IReadOnlyList<AgentRow> Agents { get; init; }

    /// <summary>The agent whose cards alone are shown, or null.</summary>
    public required string? Agent { get; init; }

    public required string Position { get; init; }

    public required DateOnly Today { get; init; }
}
