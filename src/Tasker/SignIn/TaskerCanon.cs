using AgentGateway.Canon;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using AgentGateway.Tasker.Agents;
using Npgsql;

namespace AgentGateway.Tasker.SignIn;

/// <summary>Tasker as Canon knows it: its navigation, its partners and how people sign in.</summary>
internal static class TaskerCanon
{
    // Tasker's own administrators get there from the list of agents; the navigation shows where one is.
    private const string Panel = "/agents";

    private static readonly Phrasebook Words = Phrasebook.Of(typeof(TaskerCanon).Assembly);

    public static CanonApp Of(LaunchPartners partners) => new()
    {
        Id = "tasker",
        Title = "Tasker",
        Trusted = partners.Trusted,
        Home = "/",
        HowToSignIn = partners.SignInNeeded
            ? "Open Tasker from the Launcher: its button signs you in. Keep this page open and load it again afterwards."
            : "Signing in is not set up here, so the pages on agents are closed: set TASKER_LAUNCH_PUBLIC_KEYS.",
        SignInAt = partners.LauncherUrl,
        Partners = [.. new[] { partners.ConsoleUrl }.OfType<Uri>()],
        Words = Words,
        Styles = [AgentPages.Assets.Url("agents.css"), AgentPages.Assets.Url("panel.css")],
        Modules = [AgentPages.Assets.Url("agents.js"), AgentPages.Assets.Url("panel.js")],
        Navigation = visit =>
        [
            new NavLink("/", visit.Words["nav.board"]),
            .. visit.Session is null ? Array.Empty<NavLink>() :
            [
                new NavLink("/settings/agents", visit.Words["agents"]),
                .. visit.Person.Role is Role.Admin || visit.Path == Panel ? [new NavLink(Panel, visit.Words["panel"])] : Array.Empty<NavLink>(),
                new NavLink("/settings/features", visit.Words["features"]),
            ],
        ],
        Explain = (failure, visit) => failure switch
        {
            FaultException { Fault: var fault } => new Trouble(
                fault.Status,
                fault.IsAway ? visit.Words["away"] : fault.IsMissing ? visit.Words["missing"] : visit.Words["refused"],
                $"{fault.Sentence} {fault.Hint}".Trim()),
            NpgsqlException { IsTransient: true } => new Trouble(
                StatusCodes.Status503ServiceUnavailable, visit.Words["database"], visit.Words["database.text"]),
            _ => null,
        },
    };
}
