using Microsoft.AspNetCore.Http;

namespace AgentGateway.Canon.Serve;

/// <summary>Sends the browser on to a page of this application, by GET whatever it came with.</summary>
public sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = IsLocal(path) ? path : "/";
        return Task.CompletedTask;
    }

    /// <summary>A path of this host: no scheme, no host, nothing a browser would straighten into one.</summary>
    public static bool IsLocal(string? path) =>
        path is ['/', ..] && !(path.Length > 1 && path[1] == '/') && path.All(letter => letter is > ' ' and <= '~' and not '\\');
}
