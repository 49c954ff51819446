using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Authenticate;

namespace AgentGateway.Gateway.Accept;

/// <summary>Puts the stage in front of everything else: nothing may come before it in the pipeline.</summary>
internal static class AcceptStage
{
    public static void UseAccept(
        this IApplicationBuilder app, FrontDoorTable table, FrontDoorOptions options, ParamHeaders paramHeaders,
        RefusalRecord record, string manifestDigest)
    {
        var logs = app.ApplicationServices.GetRequiredService<ILoggerFactory>();
        app.Use(next => new SafetyNet(next, TimeProvider.System, logs.CreateLogger<SafetyNet>()).InvokeAsync);
        app.Use(next => new FrontDoor(next, table, options, logs.CreateLogger<FrontDoor>()).InvokeAsync);
        app.Use(next => new MessageGate(next, paramHeaders, record, manifestDigest).InvokeAsync);
    }
}
