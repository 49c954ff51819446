using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Rest;

/// <summary>Reads <c>POST /api/v1/tools/{tool}</c> as strictly as a message; what is behind it sees a whole call or nothing.</summary>
internal sealed class RestGate(RequestDelegate next, RefusalRecord record, Manifest manifest)
{
    private const string Prefix = RestRoutes.Tools + "/";

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Features.Get<FrontDoorRow>()?.Path != RestRoutes.Call)
        {
            await next(http);
            return;
        }

        using var body = await MessageBody.ReadAsync(http, Protocol.BodyLimit, http.RequestAborted);
        var tool = http.Request.Path.Value![Prefix.Length..];
        switch (RestReader.Read(tool, http.Request.Headers, body))
        {
            case RestReading.Call call:
                http.Features.Set<CallEnvelope>(new RestEnvelope(call.Value));
                await next(http);
                break;
            case RestReading.Refused refused:
                await RefuseAsync(http, tool, body, refused);
                break;
        }
    }

    private async Task RefuseAsync(HttpContext http, string tool, MessageBody body, RestReading.Refused refused)
    {
        await record(new Refusal
        {
            Reason = refused.Reason,
            Origin = Origins.Of(http),
            Authority = http.Features.Get<Authority>(),
            Tool = tool is { Length: > 64 } ? tool[..64] : tool,
            Cause = refused.Detail,
            ManifestDigest = manifest.Digest,
        });
        if (body.End is not BodyEnd.Whole)
        {
            http.Response.Headers.Connection = "close";
        }

        await Reply.ProblemAsync(http, refused.Reason.Status, refused.Reason, refused.Detail);
        if (body.End is BodyEnd.TooLarge)
        {
            await http.Response.CompleteAsync();
            await body.DrainAsync(http.RequestAborted);
        }
    }
}
