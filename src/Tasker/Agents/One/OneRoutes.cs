using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.One;

/// <summary>Shows one agent to its owner, and changes or stops it; another's agent is as if it were not there.</summary>
internal sealed class OneRoutes(Desks desks)
{
    private const int LongestReason = 200;

    public async Task<IResult> ShowAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        return PageResult.Of<AgentPage>(await FindAsync(desk, agent, http));
    }

    public async Task<IResult> SaveAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var body = new PatchAgentBody(
            form["name"].ToString().Trim(), form["description"].ToString().ReplaceLineEndings(" ").Trim(), form["mode"].ToString());
        var reply = await desk.Gateway.PatchAsync(agent, body, Once.NewKey(), http.RequestAborted);
        return reply.Fault is { } fault
            ? await AgainAsync(desk, agent, fault, http, one => one with { Entered = body })
            : Done(desk, agent, "saved");
    }

    public async Task<IResult> GrantAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var (project, bundle) = (form["project"].ToString(), form["bundle"].ToString());

        // What was put into the form by hand is no choice of this person's.
        if (desk.Projects.All(one => one.Key != project) || !Bundles.Names.Contains(bundle))
        {
            var foreign = new GatewayFault(StatusCodes.Status422UnprocessableEntity, "choice", desk.Words["new.projects.wrong"]);
            return await AgainAsync(desk, agent, foreign, http);
        }

        var reply = await desk.Gateway.GrantAsync(agent, project, bundle, Once.NewKey(), http.RequestAborted);
        return reply.Fault is { } fault ? await AgainAsync(desk, agent, fault, http) : Done(desk, agent, "grants.given");
    }

    public async Task<IResult> RevokeGrantAsync(HttpContext http, string agent, string project)
    {
        var desk = await desks.OpenAsync(http);
        var reply = await desk.Gateway.RevokeGrantAsync(agent, project, Once.NewKey(), http.RequestAborted);
        return reply.Fault is { } fault ? await AgainAsync(desk, agent, fault, http) : Done(desk, agent, "grants.taken");
    }

    public async Task<IResult> SuspendAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var reply = await desk.Gateway.StopAsync(agent, "suspend", new CauseBody("suspended by its owner"), Once.NewKey(), http.RequestAborted);
        return reply.Fault is { } fault ? await AgainAsync(desk, agent, fault, http) : Done(desk, agent, "suspended");
    }

    public async Task<IResult> ResumeAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var reply = await desk.Gateway.ResumeAsync(agent, Once.NewKey(), http.RequestAborted);
        return reply.Fault is { } fault ? await AgainAsync(desk, agent, fault, http) : Done(desk, agent, "resumed");
    }

    /// <summary>Only with the agent's name typed: a revocation is for ever.</summary>
    public async Task<IResult> RevokeAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var one = await FindAsync(desk, agent, http);
        var typed = form["confirm"].ToString().Trim();
        if (!string.Equals(typed, one.Agent.Name.Trim(), StringComparison.Ordinal))
        {
            return PageResult.Of<AgentPage>(one with { Confirmation = typed }, StatusCodes.Status422UnprocessableEntity);
        }

        var reason = form["reason"].ToString().ReplaceLineEndings(" ").Trim();
        var cause = new CauseBody(reason.Length is > 0 and <= LongestReason ? reason : "revoked by its owner");
        var reply = await desk.Gateway.StopAsync(agent, "revoke", cause, Once.NewKey(), http.RequestAborted);
        return reply.Fault is { } fault ? await AgainAsync(desk, agent, fault, http) : Done(desk, agent, "revoked.done");
    }

    private static async Task<OneModel> FindAsync(Desk desk, string agent, HttpContext http) =>
        new(desk, Desk.Need(await desk.Gateway.AgentAsync(agent, http.RequestAborted)).Agent);

    // The page as it was, with what was entered and why it was not done.
    private static async Task<IResult> AgainAsync(
        Desk desk, string agent, GatewayFault fault, HttpContext http, Func<OneModel, OneModel>? keep = null)
    {
        if (fault.IsMissing || fault.IsAway)
        {
            throw new FaultException(fault);
        }

        var one = await FindAsync(desk, agent, http) with { Trouble = $"{fault.Sentence} {fault.Hint}".Trim() };
        return PageResult.Of<AgentPage>(keep is null ? one : keep(one), fault.Status);
    }

    private static SeeOther Done(Desk desk, string agent, string key)
    {
        new ToastMessage(desk.Words["done." + key]).Leave(desk.Visit.Session!);
        return new SeeOther($"/settings/agents/{agent}");
    }
}
