using System.Net;
using AgentGateway.Support;
using AgentGateway.Tasker.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>What answers on which port once the adapter has a listener of its own.</summary>
public sealed class ListenerTests : IAsyncLifetime, IDisposable
{
    private const string RawKey = "raw-api-key-0123456789abcdef0123456789";
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private string _database = "";
    private WebApplication? _app;
    private Uri _pages = new("http://127.0.0.1");
    private Uri _adapter = new("http://127.0.0.1");

    public async Task InitializeAsync()
    {
        _database = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync();
        await Migrator.ApplyAsync(_database, CancellationToken.None);
        _app = TaskerHost.Build(new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            AdapterUrls = "http://127.0.0.1:0",
            Database = _database,
            InternalTokens = [TaskerFixture.FirstToken],
            RawApiKey = RawKey,
            PublicUrl = new Uri("https://tasker.example"),
            LogLevel = "Error",
        });
        await _app.StartAsync();
        // In the order they were bound.
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        (_pages, _adapter) = (new Uri(addresses.First()), new Uri(addresses.Last()));
        Assert.NotEqual(_pages, _adapter);
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        NpgsqlConnection.ClearPool(new NpgsqlConnection(_database));
    }

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("/api/internal/nodedc/agent/v1/health", 404, 200)]
    [InlineData("/api/internal/nodedc/agent/v1/me", 404, 400)]
    [InlineData("/API/Internal/NodeDC/agent/v1/me", 404, 400)]
    [InlineData("/api%2finternal/nodedc/agent/v1/me", 404, 404)]
    [InlineData("/%61pi/internal/nodedc/agent/v1/me", 404, 400)]
    [InlineData("/pages/../api/internal/nodedc/agent/v1/me", 404, 400)]
    [InlineData("/api/internal/nodedc/agent/v1/cards/NDC-1/archive", 404, 403)]
    [InlineData("/api/internal/other", 404, 404)]
    [InlineData("/healthz", 200, 200)]
    [InlineData("/readyz", 200, 200)]
    [InlineData("/readyz/more", 404, 404)]
    [InlineData("/api/v1/hits", 200, 404)]
    [InlineData("/api/v1/workspaces/nodedc/projects/", 200, 404)]
    [InlineData("/", 200, 404)]
    [InlineData("/healthz/../", 200, 404)]
    public async Task Each_path_answers_on_its_listener_alone(string path, int onPages, int onAdapter) =>
        Assert.Equal((onPages, onAdapter), (await StatusAsync(_pages, path), await StatusAsync(_adapter, path)));

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task No_method_and_no_host_header_opens_the_other_listener(string method)
    {
        var adapter = new Uri(_pages, AgentClient.Prefix + "/cards/NDC-1");
        using var request = new HttpRequestMessage(new HttpMethod(method), adapter);
        request.Headers.Host = _adapter.Authority;
        request.Headers.Authorization = new("Bearer", TaskerFixture.FirstToken);

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    private async Task<int> StatusAsync(Uri listener, string path)
    {
        // As written: what a client would normalise away is what is tried here.
        var asWritten = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(listener.OriginalString.TrimEnd('/') + path, asWritten));
        request.Headers.Authorization = new("Bearer", TaskerFixture.FirstToken);
        request.Headers.Add("X-API-Key", RawKey);
        using var answer = await _http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
