using System.Text.Json;
using AgentGateway.Tasker.Blocks.Guard;
using Npgsql;

namespace AgentGateway.Tasker.Adapter;

/// <summary>Lets in only the gateway, and turns every refusal and failure behind it into a problem document.</summary>
internal sealed class Door(RequestDelegate inside, InternalTokens tokens, ILogger<Door> log)
{
    private const string Health = AdapterRoutes.Prefix + "/health";

    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers["X-NodeDC-Contract"] = AdapterRoutes.Contract;
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            if (!tokens.Knows(http.Request) && http.Request.Path != Health)
            {
                throw Refuse.Unauthenticated();
            }

            await inside(http);
        }
        catch (RefusalException refusal)
        {
            await WriteAsync(http, refusal.Problem);
        }
        catch (ContentRefusedException refusal)
        {
            await WriteAsync(http, Refuse.Block(refusal.Problem).Problem);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer; the transaction, if there was one, has been rolled back.
        }
        catch (Exception away) when (IsPassing(away))
        {
            log.DatabaseAway(away);
            await WriteAsync(http, Refuse.Unavailable().Problem);
        }
        catch (BadHttpRequestException bad)
        {
            await WriteAsync(http, Refuse.Malformed(bad.Message).Problem with { Status = bad.StatusCode });
        }
        catch (Exception failure)
        {
            log.Failed(failure, CallerHeaders.TraceId(http));
            await WriteAsync(http, Refuse.Internal());
        }
    }

    // Lock timeouts, deadlocks, lost connections, a server that shuts down: the same request may well succeed later.
    private static bool IsPassing(Exception failure) => failure is TimeoutException or NpgsqlException { IsTransient: true }
        or PostgresException { SqlState: "55P03" or "57014" or "40P01" or "40001" or "57P01" or "57P03" }
        or NpgsqlException { InnerException: TimeoutException or IOException or System.Net.Sockets.SocketException };

    private static async Task WriteAsync(HttpContext http, Problem problem)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = "application/problem+json";
        if (problem.RetryAfterSeconds is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(
            problem with { TraceId = CallerHeaders.TraceId(http) }, AdapterJson.Wire.Problem);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
