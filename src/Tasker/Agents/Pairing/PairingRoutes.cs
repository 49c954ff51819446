using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.Pairing;

/// <summary>Shows who waits behind a code and takes the person's decision; what the device may do is the person's choice alone.</summary>
internal sealed class PairingRoutes(Desks desks)
{
    /// <summary>The page that asks about one code.</summary>
    public static string Address(string code) => "/settings/agents/pair?code=" + Uri.EscapeDataString(code);

    /// <summary>The same, of the code in a form that has been read.</summary>
    public static string AddressOfForm(HttpContext http) =>
        Address(http.Request.HasFormContentType ? http.Request.Form["code"].ToString() : "");

    /// <summary>Open to all: who comes from a terminal may have to sign in first, and the code must not be lost on the way.</summary>
    public async Task<IResult> ShowAsync(HttpContext http)
    {
        if (Visit.Of(http).Session is null)
        {
            return PageResult.Of<SignInFirstPage>(StatusCodes.Status401Unauthorized);
        }

        var desk = await desks.OpenAsync(http);
        var code = http.Request.Query["code"] is [{ } text] ? text.Trim() : "";

        // Wrong codes are counted against the person, so no foreign page may make this person's browser try some.
        if (code.Length == 0 || http.Request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "none" or "same-origin"))
        {
            return PageResult.Of<PairingPage>(new PairingModel(desk) { Code = code });
        }

        var reply = await desk.Gateway.PairingAsync(code, http.RequestAborted);
        return reply.Fault is { } fault ? Unknown(desk, code, fault) : PageResult.Of<PairingPage>(await OfAsync(desk, reply.Value!, http));
    }

    public async Task<IResult> ApproveAsync(HttpContext http)
    {
        var desk = await OpenHereAsync(http);
        await Entitled.DemandAsync(desk, http.RequestAborted);
        var posted = await http.Request.ReadFormAsync(http.RequestAborted);
        var code = posted["code"].ToString();
        var known = posted["agent"].ToString();
        var form = AgentForm.Read(posted);
        if (known.Length == 0)
        {
            form = form.Checked(desk);
            if (form.Errors.Count > 0)
            {
                return await AgainAsync(desk, code, form, trouble: null, StatusCodes.Status422UnprocessableEntity, http);
            }
        }

        var body = known.Length > 0 ? new ApproveBody(null, known) : new ApproveBody(form.Body(desk), null);
        var reply = await desk.Gateway.ApproveAsync(code, body, form.Key, http.RequestAborted);
        return reply switch
        {
            { Value: { } decided } => PageResult.Of<PairingPage>(
                new PairingModel(desk) { Code = code, Pairing = decided.Pairing, Agent = decided.Agent }),
            { Fault: { IsAway: true } away } => throw new FaultException(away),
            _ => await AgainAsync(desk, code, form.Refused(reply.Fault!), reply.Fault!.Sentence, reply.Fault.Status, http),
        };
    }

    public async Task<IResult> DenyAsync(HttpContext http)
    {
        var desk = await OpenHereAsync(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var code = form["code"].ToString();
        var reply = await desk.Gateway.DenyAsync(code, Once.NewKey(), http.RequestAborted);
        if (reply.Fault is { } fault)
        {
            return fault.IsAway ? throw new FaultException(fault) : Unknown(desk, code, fault);
        }

        new ToastMessage(desk.Words["pair.denied"]).Leave(desk.Visit.Session!);
        return new SeeOther("/settings/agents");
    }

    // A session's cookie comes along when somebody follows a link; here the browser must say that our own page asks.
    private async Task<Desk> OpenHereAsync(HttpContext http)
    {
        var desk = await desks.OpenAsync(http);
        return http.Request.Headers["Sec-Fetch-Site"] == "same-origin"
            ? desk
            : throw new FaultException(new GatewayFault(StatusCodes.Status403Forbidden, "foreign_form", desk.Words["foreign_form.text"]));
    }

    private static PageResult Unknown(Desk desk, string code, GatewayFault fault)
    {
        if (fault.IsAway)
        {
            throw new FaultException(fault);
        }

        var said = fault.IsMissing ? desk.Words["pair.unknown"] : $"{fault.Sentence} {fault.Hint}".Trim();
        return PageResult.Of<PairingPage>(new PairingModel(desk) { Code = code, Trouble = said }, fault.Status);
    }

    private static async Task<IResult> AgainAsync(
        Desk desk, string code, AgentForm form, string? trouble, int status, HttpContext http)
    {
        var found = await desk.Gateway.PairingAsync(code, http.RequestAborted);
        return found.Value is { } asking
            ? PageResult.Of<PairingPage>(await OfAsync(desk, asking, http) with { Form = form, Trouble = trouble ?? form.Error("") }, status)
            : Unknown(desk, code, found.Fault ?? GatewayFault.Missing());
    }

    private static async Task<PairingModel> OfAsync(Desk desk, PairingAnswer answer, HttpContext http)
    {
        var asking = answer.Pairing;
        var agents = asking.Status == "pending" ? await desk.Gateway.AgentsAsync(http.RequestAborted) : null;
        return new PairingModel(desk)
        {
            Code = asking.UserCode,
            Pairing = asking,
            Agent = answer.Agent,
            Known = [.. agents?.Value?.Agents.Where(agent => agent.Status == "active") ?? []],
            Form = Wished(desk, asking),
        };
    }

    // What the device asks for fills the form as far as this person may give it; the least where it asks for nothing.
    private static AgentForm Wished(Desk desk, PairingView asking) => new()
    {
        Name = asking.Name,
        Bundle = Bundles.Names.Contains(asking.Requested.Bundle) ? asking.Requested.Bundle! : Bundles.Names[0],
        Mode = Bundles.Modes.Contains(asking.Requested.Mode) ? asking.Requested.Mode! : Bundles.Modes[0],
        Projects =
        [
            .. desk.Projects.Select(project => project.Key)
                .Where(key => asking.Requested.Projects?.Contains(key, StringComparer.OrdinalIgnoreCase) == true),
        ],
    };
}
