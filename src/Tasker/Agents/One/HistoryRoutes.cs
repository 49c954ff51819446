using System.Globalization;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.One;

/// <summary>Shows what an agent did, what it may do and never does, and how it is connected.</summary>
internal sealed class HistoryRoutes(Desks desks, GatewayAccess access)
{
    public async Task<IResult> ActivityAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var cursor = http.Request.Query["cursor"] is [{ Length: > 0 } text]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? text : null;
        var owned = desk.Gateway.AgentAsync(agent, http.RequestAborted);
        var activity = desk.Gateway.ActivityAsync(agent, cursor, http.RequestAborted);
        return PageResult.Of<ActivityPage>(new ActivityModel(desk, Desk.Need(await owned).Agent, Desk.Need(await activity), cursor is null));
    }

    public async Task<IResult> ReviewAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var owned = desk.Gateway.AgentAsync(agent, http.RequestAborted);
        var review = desk.Gateway.ReviewAsync(agent, http.RequestAborted);
        return PageResult.Of<ReviewPage>(new ReviewModel(desk, Desk.Need(await owned).Agent, Desk.Need(await review)));
    }

    public async Task<IResult> SetupAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        return PageResult.Of<SetupPage>(await SetupOfAsync(desk, agent, packet: null, http));
    }

    /// <summary>The gateway writes down that a packet was made, so it is asked for, not shown unasked.</summary>
    public async Task<IResult> PacketAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var packet = Desk.Need(await desk.Gateway.PacketAsync(agent, Once.NewKey(), http.RequestAborted));
        return PageResult.Of<SetupPage>(await SetupOfAsync(desk, agent, packet, http));
    }

    /// <summary>What a set-up page that waits asks again and again.</summary>
    public async Task<IResult> StateAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        var reply = await desk.Gateway.AgentAsync(agent, http.RequestAborted);
        return reply.Value is { Agent: var owned }
            ? TypedResults.Json(AgentLiveness.Of(owned, desk.Words, desk.Visit.Now), LivenessJson.Default.AgentLiveness)
            : TypedResults.StatusCode(reply.Fault!.Status);
    }

    private async Task<SetupModel> SetupOfAsync(Desk desk, string agent, SetupPacket? packet, HttpContext http)
    {
        var owned = Desk.Need(await desk.Gateway.AgentAsync(agent, http.RequestAborted)).Agent;
        var address = access.PublicUrl!.AbsoluteUri.TrimEnd('/');
        return new SetupModel(desk, owned, address, AgentLiveness.Of(owned, desk.Words, desk.Visit.Now), packet);
    }
}
