using System.Text.Json;
using AgentGateway.Launcher.Configure;
using Npgsql;

namespace AgentGateway.Launcher.Web;

/// <summary>Lets each caller in at its own door only, and turns every refusal and failure into a problem document.</summary>
internal sealed class Door(RequestDelegate inside, LauncherTokens tokens, ILogger<Door> log)
{
    public const string Api = "/api/v1";
    public const string Internal = "/api/internal";

    public async Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            Enter(http.Request);
            await inside(http);
        }
        catch (RefusalException refusal)
        {
            await WriteAsync(http, refusal.Problem);
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
            log.Failed(failure, http.TraceIdentifier);
            await WriteAsync(http, Refuse.Internal().Problem);
        }
    }

    private void Enter(HttpRequest request)
    {
        if (request.Path.StartsWithSegments(Api) ? !tokens.Api.Knows(request)
            : request.Path.StartsWithSegments(Internal) && !tokens.Internal.Knows(request))
        {
            throw Refuse.Unauthenticated();
        }
    }

    // Lock timeouts, deadlocks, lost connections, a server that shuts down: the same request may well succeed later.
    public static bool IsPassing(Exception failure) => failure is TimeoutException or NpgsqlException { IsTransient: true }
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
        var body = JsonSerializer.SerializeToUtf8Bytes(
            problem with { RequestId = http.TraceIdentifier }, LauncherJson.Wire.Problem);
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
