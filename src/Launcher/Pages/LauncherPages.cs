using AgentGateway.Canon;
using AgentGateway.Canon.Serve;
using AgentGateway.Launcher.Web;
using Visit = AgentGateway.Canon.Serve.Visit;

namespace AgentGateway.Launcher.Pages;

/// <summary>What the Launcher tells the shared frame of its pages about itself.</summary>
internal static class LauncherPages
{
    public static CanonApp Describe(LauncherSettings settings) => new()
    {
        Id = "launcher",
        Title = "Launcher",
        Partners = [.. ((Uri?[])[settings.TaskerUrl, settings.ConsoleUrl]).OfType<Uri>()],
        Navigation = visit => visit.Session is null ? [] : [new NavLink("/", visit.Words["nav.home"])],
        Explain = Explain,
        Words = Phrasebook.Of(typeof(LauncherPages).Assembly),
    };

    /// <summary>The sentence of a refusal in the reader's language; without a translation the one of the API.</summary>
    public static string Sentence(Problem problem, Words words)
    {
        var key = "problem." + problem.Code;
        return words[key] is var phrase && phrase != key ? phrase : problem.Detail;
    }

    private static Trouble? Explain(Exception failure, Visit visit)
    {
        var problem = failure switch
        {
            RefusalException refusal => refusal.Problem,
            _ when Door.IsPassing(failure) => Refuse.Unavailable().Problem,
            _ => null,
        };
        return problem is null ? null : new Trouble(problem.Status, visit.Words["trouble." + problem.Status], Sentence(problem, visit.Words));
    }
}
