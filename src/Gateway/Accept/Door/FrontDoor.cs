using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Rest;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>The first middleware: what the table does not name to the byte ends here, before routing and any parser.</summary>
internal sealed class FrontDoor(
    RequestDelegate next, FrontDoorTable table, FrontDoorOptions options, RefusalNote note, ILogger<FrontDoor> logger)
{
    private readonly DoorChecks _checks = new(options);

    public Task InvokeAsync(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var listener = http.Features.Get<ListenerTag>()?.Listener ?? Listener.None;
        var row = table.Find(listener, target);
        if (Check(http, row) is { } fault)
        {
            return RefuseAsync(http, row, fault);
        }

        if (row!.Path != Protocol.Endpoint && http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = row.BodyLimit;
        }

        http.Features.Set(row);
        return next(http);
    }

    private RpcFault? Check(HttpContext http, FrontDoorRow? row)
    {
        var request = http.Request;
        var framing = DoorChecks.Framing(request) ?? _checks.Forwarding(http);
        if (framing is not null)
        {
            // Who sends this may have hidden a second request behind the first: nothing more is read from the connection.
            http.Response.Headers.Connection = "close";
            return framing;
        }

        if (row is null)
        {
            return DoorChecks.Refuse(404, "There is nothing here.");
        }

        var who = (row.AnyHost ? null : _checks.Host(request)) ?? _checks.Origin(request);
        if (who is not null)
        {
            return who;
        }

        if (!row.Methods.Contains(request.Method, StringComparer.Ordinal))
        {
            http.Response.Headers.Allow = string.Join(", ", row.Methods);
            return DoorChecks.Refuse(405, $"Only {string.Join(" and ", row.Methods)} is possible here.");
        }

        return DoorChecks.Body(request, row);
    }

    private async Task RefuseAsync(HttpContext http, FrontDoorRow? row, RpcFault fault)
    {
        logger.RefusedAtTheDoor(fault.Status, fault.Message, http.TraceIdentifier);
        var endpoint = row?.Path == Protocol.Endpoint;
        // Whoever misses the door of the tools has tried to call one; everything else is noise for the log.
        if (row?.Path is Protocol.Endpoint or RestRoutes.Call && http.Request.Method == HttpMethods.Post)
        {
            await note(http, fault);
        }

        if (http.Request.Method == HttpMethods.Post && (endpoint || (row is null && !http.Request.Path.StartsWithSegments("/api"))))
        {
            // Also for a mistyped address: an MCP client hangs on an answer without its id, whatever the path.
            await Refusals.WriteAsync(http, fault);
            return;
        }

        await (endpoint ? Reply.ErrorAsync(http, null, fault) : Reply.ProblemAsync(http, fault.Status, fault.Reason, fault.Message));
    }
}
