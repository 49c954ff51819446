using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.Board.History;
using AgentGateway.Tasker.SignIn;

namespace AgentGateway.Tasker.Agents.Features;

/// <summary>Shows what a workspace allows agents, lets administrators change it, and stops agents in an emergency.</summary>
internal sealed class FeatureRoutes(
    Desks desks, FeatureBook features, AgentSwitch master, EmergencyStop stop, TaskerSettings settings, ILogger<FeatureRoutes> log)
{
    public async Task<IResult> ShowAsync(HttpContext http)
    {
        var desk = await desks.OpenAsync(http);
        var cancel = http.RequestAborted;
        var model = new FeaturesModel(desk, new Entitled(false, "entitled.unknown"))
        {
            Missing = settings.Gateway.Missing,
            HasConsole = ConsoleIssuer.IsPossible(settings.Launch),
        };
        return PageResult.Of<FeaturesPage>(model.Missing.Count > 0 ? model : await WithGatewayAsync(model, cancel));
    }

    public async Task<IResult> SwitchAsync(HttpContext http)
    {
        var desk = await AdminAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        // A checkbox that is off sends nothing.
        var enabled = form["enabled"] == "true";
        await master.TurnAsync(desk.Workspace.Id, enabled, http.RequestAborted, desk.Member.Id);
        log.AgentsSwitched(desk.Member.Id, enabled, desk.Workspace.Slug);
        return Done(desk, desk.Words[enabled ? "features.switched_on" : "features.switched_off"]);
    }

    public async Task<IResult> LimitAsync(HttpContext http)
    {
        var desk = await AdminAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (project, maximum) = (form["project"].ToString(), form["maximum"].ToString());
        if (maximum != "off" && !Bundles.Names.Contains(maximum))
        {
            throw new FaultException(new GatewayFault(StatusCodes.Status422UnprocessableEntity, "choice", desk.Words["choose"]));
        }

        if (!await features.LimitAsync(desk.Workspace.Id, project, maximum, http.RequestAborted))
        {
            throw new FaultException(GatewayFault.Missing());
        }

        log.ProjectLimited(desk.Member.Id, project, maximum);
        return Done(desk, desk.Words["features.limited", project, desk.Words["maximum." + maximum]]);
    }

    /// <summary>Suspends one's own agents, or as an administrator everybody's, and says how many.</summary>
    public async Task<IResult> StopAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        StopReport report;
        Desk desk;
        if (form["whose"] == "workspace")
        {
            desk = await AdminAsync(http);
            report = await stop.WorkspaceAsync(desk, http.RequestAborted);
        }
        else
        {
            desk = await desks.OpenAsync(http);
            report = await EmergencyStop.OwnAsync(desk, http.RequestAborted);
        }

        log.EmergencyStopped(desk.Member.Id, report.Stopped, report.Unsure);
        return report.Unsure == 0
            ? Done(desk, desk.Words["features.stopped", report.Stopped])
            : Done(desk, desk.Words["features.stopped.partly", report.Stopped, report.Unsure], "late");
    }

    /// <summary>Hands the person on to the reviewers' console.</summary>
    public async Task<IResult> ConsoleAsync(HttpContext http, ConsoleIssuer issuer)
    {
        var desk = await desks.OpenForReadingAsync(http);
        return issuer.Launch(desk.Visit.Person, desk.Words["console"]) is { } launch
            ? launch.ToPage()
            : throw new FaultException(GatewayFault.Missing());
    }

    private static async Task<FeaturesModel> WithGatewayAsync(FeaturesModel model, CancellationToken cancel)
    {
        var health = model.Desk.Gateway.HealthAsync(cancel);
        var agents = model.Desk.Gateway.AgentsAsync(cancel);
        var known = model with { Health = (await health).Value, Fault = (await health).Fault ?? (await agents).Fault };
        try
        {
            return known with
            {
                Entitled = await Entitled.AskAsync(model.Desk, cancel),
                Active = (await agents).Value?.Agents.Count(agent => agent.Status == "active") ?? 0,
            };
        }
        catch (FaultException away)
        {
            return known with { Fault = away.Fault };
        }
    }

    private async Task<Desk> AdminAsync(HttpContext http)
    {
        var desk = await desks.OpenAsync(http);
        return desk.Workspace.IsAdmin
            ? desk
            : throw new FaultException(new GatewayFault(StatusCodes.Status403Forbidden, "not_admin", desk.Words["not_admin.text"]));
    }

    private static SeeOther Done(Desk desk, string said, string tone = "good")
    {
        new ToastMessage(said, tone).Leave(desk.Visit.Session!);
        return new SeeOther($"/settings/features?workspace={Uri.EscapeDataString(desk.Workspace.Slug)}");
    }
}
