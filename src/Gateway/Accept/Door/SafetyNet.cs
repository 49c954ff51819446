using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Microsoft.Net.Http.Headers;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>Outermost: names the request, sets the headers of every answer, and answers any failure without details.</summary>
internal sealed class SafetyNet(RequestDelegate next, TimeProvider clock, ILogger<SafetyNet> logger)
{
    public const string RequestIdHeader = "X-Request-Id";

    public async Task InvokeAsync(HttpContext http)
    {
        var identity = new RequestIdentity(Guid.CreateVersion7(clock.GetUtcNow()));
        http.Features.Set(identity);
        http.TraceIdentifier = identity.Id.ToString();
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers[RequestIdHeader] = http.TraceIdentifier;
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: there is nobody to answer.
        }
        catch (LedgerUnavailableException)
        {
            await AnswerAsync(http, RpcFault.Own(Reasons.LedgerUnavailable));
        }
        catch (BadHttpRequestException e)
        {
            await AnswerAsync(http, DoorChecks.Refuse(e.StatusCode, "The request could not be read."));
        }
        catch (Exception e)
        {
            logger.Failed(e, http.TraceIdentifier);
            await AnswerAsync(http, RpcFault.Own(Reasons.InternalError));
        }
    }

    private static Task AnswerAsync(HttpContext http, RpcFault fault)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Headers.Remove(HeaderNames.ContentLength);
        return http.Request.Path != Protocol.Endpoint ? Reply.ProblemAsync(http, fault.Status, fault.Reason)
            : http.Features.Get<McpMessage>() is { } message ? Reply.ErrorAsync(http, message.Id, fault)
            : Refusals.WriteAsync(http, fault);
    }
}
