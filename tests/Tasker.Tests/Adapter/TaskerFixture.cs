using AgentGateway.Support;
using AgentGateway.Tasker.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Tasker.Tests.Adapter;

/// <summary>A whole Tasker on a free port and a database of its own; tests keep apart by projects of their own.</summary>
public sealed class TaskerFixture : IAsyncLifetime
{
    public const string FirstToken = "internal-token-one-0123456789abcdef";
    public const string SecondToken = "internal-token-two-0123456789abcdef";

    private WebApplication? _app;

    public HttpClient Http { get; private set; } = new();

    public string Database { get; private set; } = "";

    /// <summary>Null: calls need no signed assertion.</summary>
    internal string? AssertionKey { get; init; }

    public async Task InitializeAsync()
    {
        Database = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync();
        await Migrator.ApplyAsync(Database, CancellationToken.None);
        _app = TaskerHost.Build(new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = Database,
            InternalTokens = [FirstToken, SecondToken],
            AssertionKey = AssertionKey,
            RawApiKey = "raw-api-key-0123456789abcdef0123456789",
            PublicUrl = new Uri("https://tasker.example"),
            LogLevel = "Error",
        });
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        NpgsqlConnection.ClearPool(new NpgsqlConnection(Database));
    }

    internal Task<World> NewWorldAsync() => World.CreateAsync(this);
}
