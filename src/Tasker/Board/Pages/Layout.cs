namespace AgentGateway.Tasker.Board.Pages;

/// <summary>The frame of every page: one header, one main, no inline script or style.</summary>
internal static class Layout
{
    public static Markup Render(Frame frame, string title, string? current, Markup tools, Markup main) => Markup.Of($"""
        <!doctype html>
        <html lang="{frame.Visit.Words.Language}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        {Frame.Head}
        <link rel="stylesheet" href="{BoardAssets.Url("board.css")}">
        <link rel="stylesheet" href="{BoardAssets.Url("card.css")}">
        <link rel="stylesheet" href="{BoardAssets.Url("history.css")}">
        <script src="{BoardAssets.Url("board.js")}" defer></script>
        <script src="{BoardAssets.Url("history.js")}" defer></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to content</a>
        {frame.Header(current, tools)}
        <main id="main" tabindex="-1">
        {main}
        </main>
        <div id="news" class="news" role="status" aria-live="polite"></div>
        </body>
        </html>

        """);

    public static Markup Avatar(string name) => Markup.Of(
        $"<span class=\"avatar {Palette.OfName(name)}\" title=\"{name}\" aria-hidden=\"true\">{Palette.Initials(name)}</span>");

    public static Markup AgentBadge(string agent, string? owner)
    {
        var whose = owner is null ? "" : $", on behalf of {owner}";
        return Markup.Of(
            $"<span class=\"agent\" title=\"Last changed by the agent {agent}{whose}\">{Icons.Agent}<bdi>{agent}</bdi></span>");
    }

    public static Markup Tab(ProjectRow project, bool active)
    {
        var current = active ? Markup.Of($" aria-current=\"page\"") : Markup.Empty;
        return Markup.Of($"""
            <li><a href="/board/{project.Key}"{current}><b>{project.Key}</b><span class="tab-name"><bdi>{project.Name}</bdi></span></a></li>
            """);
    }
}
