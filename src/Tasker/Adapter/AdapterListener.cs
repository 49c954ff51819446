using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentGateway.Tasker.Adapter;

/// <summary>With a listener of its own, the adapter answers only there, and nothing but it and health does.</summary>
internal static class AdapterListener
{
    private const string Internal = "/api/internal";
    private static readonly PathString[] Health = ["/healthz", "/readyz"];

    public static void Listen(this IWebHostBuilder host, TaskerSettings settings)
    {
        if (settings.AdapterUrls is not { } adapter)
        {
            host.UseUrls(settings.Urls);
            return;
        }

        host.ConfigureKestrel(server =>
        {
            Bind(server, settings.Urls, _ => { });
            Bind(server, adapter, Mark);
        });
    }

    /// <summary>Call before anything else is put into the pipeline.</summary>
    public static void KeepListenersApart(this WebApplication app, TaskerSettings settings)
    {
        if (settings.AdapterUrls is null)
        {
            return;
        }

        app.Use((http, next) =>
        {
            if (IsServed(http.Request.Path, http.Features.Get<Mine>() is not null))
            {
                return next(http);
            }

            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    // A connection without a mark is the pages': whoever forgets to mark opens nothing.
    private static bool IsServed(PathString path, bool isAdapters)
    {
        var isInternal = path.StartsWithSegments(Internal);
        return isAdapters ? isInternal || Health.Contains(path) : !isInternal;
    }

    private static void Mark(ListenOptions listen) => listen.Use(next => connection =>
    {
        connection.Features.Set(new Mine());
        return next(connection);
    });

    private static void Bind(KestrelServerOptions server, string urls, Action<ListenOptions> configure)
    {
        foreach (var address in TaskerSettings.Addresses(urls))
        {
            if (address.Host == "localhost")
            {
                server.ListenLocalhost(address.Port, configure);
            }
            else if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
            {
                server.Listen(ip, address.Port, configure);
            }
            else
            {
                server.ListenAnyIP(address.Port, configure);
            }
        }
    }

    private sealed class Mine;
}
