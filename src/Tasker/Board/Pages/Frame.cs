using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>What stands around every page of the board: Canon's own header, who is signed in, and the projects.</summary>
internal sealed record Frame(Visit Visit, IReadOnlyList<ProjectRow> Projects)
{
    private static readonly CanonAssets Assets = new(typeof(CanonAssets).Assembly, "canon/");
    private static readonly string[] Styles = ["tokens.css", "layout.css", "forms.css"];

    public static Markup Head => Markup.Of($"""
        <link rel="icon" href="{Assets.Url("mark.svg")}" type="image/svg+xml">
        {Styles.Select(Style)}
        <script src="{Assets.Url("theme.js")}"></script>
        <script src="{Assets.Url("canon.js")}" type="module"></script>
        """);

    /// <param name="current">The project whose pages these are, or null.</param>
    public Markup Header(string? current, Markup tools) => Markup.Of($"""
        <header class="top">
        <a class="brand" href="/"><img src="{Assets.Url("mark.svg")}" alt="" width="26" height="26"><span>{Visit.App.Title}</span></a>
        {Pages()}
        <div class="tools"><button class="round" id="theme" data-theme-switch type="button" aria-label="{Visit.Words["theme"]}">{Icons.Theme}</button>
        {Who()}</div>
        </header>
        <section class="bar" aria-label="Projects and filters">
        <nav aria-label="Projects"><ul>{Projects.Select(project => Layout.Tab(project, project.Key == current))}</ul></nav>
        <div class="tools">{tools}</div></section>
        """);

    private Markup Pages() => Visit.App.Navigation(Visit) is { Count: > 1 } links
        ? Markup.Of($"""<nav aria-label="{Visit.Words["navigation"]}"><ul>{links.Select(Link)}</ul></nav>""")
        : Markup.Empty;

    private Markup Who() => Visit.Session is not { Person: var person, Csrf: var csrf }
        ? Markup.Empty
        : Markup.Of($"""
            <span class="who"><bdi>{person.Name}</bdi><small>{Visit.Words["role." + Roles.Word(person.Role)]}</small></span>
            <form method="post" action="/sign-out"><input type="hidden" name="{Csrf.Field}" value="{csrf}">
            <button class="button quiet" type="submit">{Visit.Words["sign_out"]}</button></form>
            """);

    private static Markup Style(string name) => Markup.Of($"""<link rel="stylesheet" href="{Assets.Url(name)}">""");

    // Everything in this frame is the board.
    private static Markup Link(AgentGateway.Canon.NavLink link)
    {
        var current = link.Href == "/" ? Markup.Of($" aria-current=\"page\"") : Markup.Empty;
        return Markup.Of($"""<li><a href="{link.Href}"{current}>{link.Text}</a></li>""");
    }
}
