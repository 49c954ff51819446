using System.Net.Http.Headers;
using System.Net.Http.Json;
using AgentGateway.Launcher;
using AgentGateway.Launcher.Seed;
using AgentGateway.Launcher.Storage;
using AgentGateway.Support;
using Microsoft.AspNetCore.Builder;

namespace AgentGateway.Gateway.Tests.Owners.Entitlements;

/// <summary>The reference Launcher with its sample people, whose pushes never arrive.</summary>
internal sealed class LauncherWorld : IAsyncDisposable
{
    public const string Token = "token-for-the-access-check-0123456789";

    /// <summary>Root of the sample client, entitled.</summary>
    public const string Anna = "0a1a2a3a-0000-4000-8000-00000000a001";

    private const string ApiToken = "token-of-the-administrators-0123456789";

    private readonly LauncherSettings _settings;
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    private LauncherWorld(LauncherSettings settings, SeedReport people)
    {
        _settings = settings;
        Boris = people.Users.Single(user => user.Role == "admin").Id.ToString("D");
        Vera = people.Users.Single(user => !user.Entitled).Id.ToString("D");
    }

    /// <summary>Entitled.</summary>
    public string Boris { get; }

    /// <summary>A person who was never entitled.</summary>
    public string Vera { get; }

    public Uri Address => new(_settings.Urls);

    public static async Task<LauncherWorld> StartAsync()
    {
        var database = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync();
        await Migrator.ApplyAsync(database, CancellationToken.None);
        await using var source = LauncherDatabase.Open(database);
        var settings = new LauncherSettings
        {
            Urls = $"http://127.0.0.1:{Loopback.FreePort()}",
            Database = database,
            ApiTokens = [ApiToken],
            InternalTokens = [Token],
            GatewayUrl = new Uri("http://127.0.0.1:1"),
            GatewayToken = "token-nobody-ever-gets-to-see-0123456789",
            LogLevel = "Error",
        };
        var world = new LauncherWorld(settings, await LauncherSeed.RunAsync(source, CancellationToken.None));
        await world.StartAgainAsync();
        return world;
    }

    public async Task StartAgainAsync()
    {
        _app = LauncherHost.Build(_settings);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async Task BlockAsync(string user, bool blocked)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(Address, $"/api/v1/users/{user}/{(blocked ? "block" : "unblock")}"))
        {
            Content = JsonContent.Create(new { reason = "because" }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiToken);
        request.Headers.Add("X-NodeDC-Actor", Anna);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StopAsync();
    }
}
