using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Bench.Servers;

/// <summary>How the bench's own servers live: silent, on loopback, gone when whoever started them is.</summary>
internal static class Listener
{
    public static WebApplication Build(Action<KestrelServerOptions> listen, Action<IServiceCollection> services)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listen(kestrel);
        });
        services(builder.Services);
        return builder.Build();
    }

    /// <summary>Runs until standard input ends, as it does when the parent is gone, whatever became of it.</summary>
    public static async Task RunAsync(WebApplication app)
    {
        await app.StartAsync();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(Stream.Null);
        await app.StopAsync();
    }
}
