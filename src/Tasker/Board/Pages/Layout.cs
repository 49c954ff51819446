namespace AgentGateway.Tasker.Board.Pages;

/// <summary>The frame of every page: one header, one main, no inline script or style.</summary>
internal static class Layout
{
    public static Markup Render(
        string title, IReadOnlyList<ProjectRow> projects, string? current, Markup tools, Markup main) => Markup.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <link rel="icon" href="{BoardAssets.Url("mark.svg")}" type="image/svg+xml">
        <link rel="stylesheet" href="{BoardAssets.Url("board.css")}">
        <link rel="stylesheet" href="{BoardAssets.Url("card.css")}">
        <link rel="stylesheet" href="{BoardAssets.Url("history.css")}">
        <script src="{BoardAssets.Url("theme.js")}"></script>
        <script src="{BoardAssets.Url("board.js")}" defer></script>
        <script src="{BoardAssets.Url("history.js")}" defer></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
        <a class="brand" href="/"><img src="{BoardAssets.Url("mark.svg")}" alt="" width="26" height="26"><span>Tasker</span></a>
        <nav aria-label="Projects"><ul>{projects.Select(project => Tab(project, project.Key == current))}</ul></nav>
        <div class="tools">{tools}<button class="round" id="theme" type="button" aria-label="Switch between light and dark">{Icons.Theme}</button></div>
        </header>
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
