using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;

namespace AgentGateway.Gateway.Accept;

/// <summary>Writes a refusal down before anybody is known; the ledger bounds how often.</summary>
internal delegate Task RefusalNote(HttpContext http, RpcFault fault);

/// <summary>Puts the stage in front of everything else: nothing may come before it in the pipeline.</summary>
internal static class AcceptStage
{
    public static void UseAccept(
        this IApplicationBuilder app, FrontDoorTable table, FrontDoorOptions options, ParamHeaders paramHeaders,
        RefusalRecord record, string manifestDigest, bool limited = false)
    {
        RefusalNote note = (http, fault) => record(new Refusal
        {
            Reason = fault.Reason,
            Origin = Origins.Of(http),
            Cause = fault.Message,
            ManifestDigest = manifestDigest,
        });
        var logs = app.ApplicationServices.GetRequiredService<ILoggerFactory>();
        app.Use(next => new SafetyNet(next, TimeProvider.System, logs.CreateLogger<SafetyNet>()).InvokeAsync);
        if (limited)
        {
            app.UseRateLimiter();
        }

        app.Use(next => new FrontDoor(next, table, options, note, logs.CreateLogger<FrontDoor>()).InvokeAsync);
        app.Use(next => new MessageGate(next, paramHeaders, note).InvokeAsync);
    }
}
