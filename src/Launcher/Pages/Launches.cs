using AgentGateway.Canon.Pages;
using AgentGateway.Canon.SignIn;
using AgentGateway.Launcher.Web;
using PagePerson = AgentGateway.Canon.SignIn.Person;

namespace AgentGateway.Launcher.Pages;

/// <summary>Signs a person into Tasker or the console with the role they have in a client at this moment.</summary>
internal sealed class Launches(LauncherSettings settings, TimeProvider clock)
{
    private readonly LaunchIssuer? _issuer =
        settings.LaunchKey is { } key ? new LaunchIssuer("launcher", key, clock) : null;

    /// <summary>The partners there is a way to.</summary>
    public IReadOnlyList<string> Partners =>
        [.. ((string[])["tasker", "console"]).Where(partner => Address(partner) is not null)];

    public Task<Launch> OpenAsync(Visit visit, string name)
    {
        var client = visit.Route("client");
        var partner = visit.Route("partner");
        visit.Actor.RequireMember(client);
        var role = visit.Actor.IsOperator || visit.Actor.ManagedClients.Contains(client) ? Role.Admin : Role.Owner;
        return Address(partner) is { } address && _issuer is not null
            ? Task.FromResult(new Launch(
                partner == "tasker" ? "Tasker" : "Console", address, _issuer.Issue(partner, new PagePerson(visit.Actor.Id, name, role, client))))
            : throw Refuse.Route();
    }

    private Uri? Address(string partner) => partner switch
    {
        "tasker" => settings.TaskerUrl,
        "console" => settings.ConsoleUrl,
        _ => null,
    };
}
