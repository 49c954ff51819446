using AgentGateway.Tasker.Board.History;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>The list of projects.</summary>
internal static class HomePage
{
    private const int MostAvatars = 6;

    public static Markup Render(Frame frame, IReadOnlyList<WorkspaceRow> workspaces, string token)
    {
        var projects = frame.Projects;
        var workspace = projects.Count > 0 ? projects[0].Workspace : "Workspace";
        var list = projects.Count > 0
            ? Markup.Of($"""<ul class="projects">{projects.Select(Tile)}</ul>""")
            : Markup.Of($"""<p class="empty">There are no projects yet. Fill the tracker with <code>tasker seed</code>.</p>""");
        return Layout.Render(frame, $"Projects · {workspace}", current: null, Markup.Empty, Markup.Of($"""
            <section class="home">
            <p class="eyebrow">Workspace</p>
            <h1><bdi>{workspace}</bdi></h1>
            {workspaces.Select(one => Switch(one, token))}
            {list}
            </section>
            """));
    }

    private static Markup Switch(WorkspaceRow workspace, string token)
    {
        var (state, deed) = workspace.AgentsEnabled ? ("on", "Switch off") : ("off", "Switch on");
        return Markup.Of($"""
            <form class="switch" method="post" action="/workspaces/{workspace.Id}/agents" data-send>
            <p>Codex agents are <b>{state}</b> in <bdi>{workspace.Name}</bdi>. Off refuses every call of every agent at once.</p>
            <input type="hidden" name="token" value="{token}">
            <input type="hidden" name="enabled" value="{(workspace.AgentsEnabled ? "false" : "true")}">
            <button class="chip" type="submit">{deed}</button></form>
            """);
    }

    private static Markup Tile(ProjectRow project)
    {
        var all = Math.Max(1, project.OpenCards + project.DoneCards);
        var agents = project.AgentsEnabled
            ? Markup.Of($"""<span class="agent" title="Codex agents may be granted this project">{Icons.Agent}Agents on</span>""")
            : Markup.Empty;
        var more = project.Members.Length > MostAvatars
            ? Markup.Of($"""<span class="avatar more" aria-hidden="true">+{project.Members.Length - MostAvatars}</span>""")
            : Markup.Empty;
        return Markup.Of($"""
            <li><a class="project" href="/board/{project.Key}">
            <span class="project-top"><span class="key">{project.Key}</span>{agents}</span>
            <h2><bdi>{project.Name}</bdi></h2>
            <p><bdi>{project.Description}</bdi></p>
            <progress max="{all}" value="{project.DoneCards}" aria-label="{project.DoneCards} of {all} cards done"></progress>
            <span class="project-foot"><span>{project.OpenCards} open · {project.DoneCards} done</span>
            <span class="avatars" title="{string.Join(", ", project.Members)}">
            {project.Members.Take(MostAvatars).Select(Layout.Avatar)}{more}</span></span>
            </a></li>
            """);
    }
}
