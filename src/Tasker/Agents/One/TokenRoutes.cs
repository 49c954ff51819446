using System.Globalization;
using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.One;

/// <summary>Issues, rotates and revokes an agent's tokens; a secret is in one page, once, and nowhere else.</summary>
internal sealed class TokenRoutes(Desks desks)
{
    private static readonly int[] Lives = [7, 30, 90, 365];
    private static readonly int[] Overlaps = [0, 3600, 86_400];

    public async Task<IResult> ListAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        return PageResult.Of<TokensPage>(await FindAsync(desk, agent, http));
    }

    public async Task<IResult> IssueAsync(HttpContext http, string agent)
    {
        var desk = await desks.OpenAsync(http);
        await Entitled.DemandAsync(desk, http.RequestAborted);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var label = form["label"].ToString().Trim();
        var days = Chosen(form["days"].ToString(), Lives, Lives[2]);
        var reply = await desk.Gateway.IssueAsync(agent, new TokenBody(label, days), Once.KeyOf(form), http.RequestAborted);
        return await AnswerAsync(desk, agent, reply, http, label);
    }

    public async Task<IResult> RotateAsync(HttpContext http, string agent, Guid token)
    {
        var desk = await desks.OpenAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var overlap = new RotateBody(Chosen(form["overlap"].ToString(), Overlaps, 0));
        var reply = await desk.Gateway.RotateAsync(agent, token, overlap, Once.KeyOf(form), http.RequestAborted);
        return await AnswerAsync(desk, agent, reply, http, label: "");
    }

    public async Task<IResult> RevokeAsync(HttpContext http, string agent, Guid token)
    {
        var desk = await desks.OpenAsync(http);
        var reply = await desk.Gateway.RevokeTokenAsync(
            agent, token, new CauseBody("revoked by its owner"), Once.NewKey(), http.RequestAborted);
        if (reply.Fault is { } fault)
        {
            return await RefusedAsync(desk, agent, fault, http, label: "");
        }

        new ToastMessage(desk.Words["done.tokens.revoked"]).Leave(desk.Visit.Session!);
        return new SeeOther($"/settings/agents/{agent}/tokens");
    }

    // Answered as it came, not by way of another page: the secret is kept nowhere in between.
    private static async Task<IResult> AnswerAsync(
        Desk desk, string agent, GatewayReply<IssuedAnswer> reply, HttpContext http, string label)
    {
        if (reply.Value is not { } issued)
        {
            return await RefusedAsync(desk, agent, reply.Fault ?? GatewayFault.Missing(), http, label);
        }

        var owned = Desk.Need(await desk.Gateway.AgentAsync(agent, http.RequestAborted)).Agent;
        return PageResult.Of<OncePage>(new OnceModel(desk, owned, issued));
    }

    private static async Task<IResult> RefusedAsync(Desk desk, string agent, GatewayFault fault, HttpContext http, string label)
    {
        if (fault.IsMissing || fault.IsAway)
        {
            throw new FaultException(fault);
        }

        var model = await FindAsync(desk, agent, http) with { Trouble = $"{fault.Sentence} {fault.Hint}".Trim(), Label = label };
        return PageResult.Of<TokensPage>(model, fault.Status);
    }

    private static async Task<TokensModel> FindAsync(Desk desk, string agent, HttpContext http)
    {
        var owned = desk.Gateway.AgentAsync(agent, http.RequestAborted);
        var tokens = desk.Gateway.TokensAsync(agent, http.RequestAborted);
        return new TokensModel(desk, Desk.Need(await owned).Agent, Desk.Need(await tokens).Tokens);
    }

    private static int Chosen(string text, int[] among, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && among.Contains(number) ? number : otherwise;
}
