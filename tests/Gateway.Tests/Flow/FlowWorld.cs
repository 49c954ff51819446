using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Gateway.Tests.Owners;
using AgentGateway.Policy;
using AgentGateway.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using WireMock.Server;

namespace AgentGateway.Gateway.Tests.Flow;

/// <summary>The whole gateway on a real socket and a real ledger, before a Tasker that does what the test says.</summary>
internal sealed class FlowWorld : IAsyncDisposable
{
    public const string InternalToken = "internal-token-that-only-tasker-may-ever-see";
    public const string OwnersToken = "owners-token-for-the-internal-listener-only";
    public const string AssertionKey = "assertion-key-of-the-flow-tests-long-enough-too";

    public static readonly Guid Ndc = Guid.Parse("aaaaaaaa-1111-4111-8111-111111111111");
    public static readonly Guid Ops = Guid.Parse("aaaaaaaa-2222-4222-8222-222222222222");
    public static readonly Guid Sec = Guid.Parse("aaaaaaaa-3333-4333-8333-333333333333");

    private readonly WebApplication _app;
    private int _id;

    private FlowWorld(LedgerWorld ledger, WireMockServer tasker, WebApplication app, string token)
    {
        Ledger = ledger;
        Tasker = tasker;
        _app = app;
        Token = token;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public LedgerWorld Ledger { get; }

    public WireMockServer Tasker { get; }

    public string Token { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Settings of a test, by their names without the common beginning.</summary>
    public static Dictionary<string, string> Set(params (string Name, string Value)[] settings) =>
        settings.ToDictionary(one => "NODEDC_AGENT_GATEWAY_" + one.Name, one => one.Value, StringComparer.Ordinal);

    public static async Task<FlowWorld> StartAsync(
        LedgerWorld? ledger = null,
        Uri? taskerAddress = null,
        string writeRate = "0",
        IReadOnlyDictionary<string, string>? more = null,
        string owner = "u-anna",
        Action<IServiceCollection>? replace = null)
    {
        ledger ??= await LedgerWorld.CreateAsync();
        var tasker = WireMockServer.Start();
        var settings = Settings.Load(
            OwnersWorld.With(more, new Dictionary<string, string>
            {
                ["NODEDC_AGENT_GATEWAY_URLS"] = "http://127.0.0.1:0",
                ["NODEDC_AGENT_GATEWAY_DATABASE"] = ledger.ConnectionString,
                ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = OwnersToken,
                ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = LedgerWorld.Pepper,
                ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = "key-secret-of-the-flow-tests-and-long-enough",
                ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = writeRate,
                ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_SOURCE_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config"),
                ["NODEDC_TASKER_BASE_URL"] = (taskerAddress ?? new Uri(tasker.Url!)).AbsoluteUri,
                ["NODEDC_TASKER_INTERNAL_TOKEN"] = InternalToken,
                ["NODEDC_TASKER_ASSERTION_KEY"] = AssertionKey,
            }),
            []);
        var agent = await ledger.Book.CreateAsync(
            new NewAgent
            {
                Name = "Аня's laptop",
                OwnerId = owner,
                OwnerName = "Anna",
                Workspace = "nodedc",
                Mode = AgentMode.Full,
                Grants =
                [
                    new NewGrant(new ResolvedProject(Ndc, "NDC", "Node", []), Bundles.ByName["contributor"], "contributor"),
                    new NewGrant(new ResolvedProject(Ops, "OPS", "Operations", []), Bundles.ByName["observer"], "observer"),
                ],
            },
            "test",
            CancellationToken.None);
        var token = await ledger.Book.IssueTokenAsync(agent.Id, "test", TimeSpan.FromDays(1), "test", CancellationToken.None);
        var app = GatewayApp.Build(settings, ManifestReader.Load(settings.ConfigDir), replace);
        await app.StartAsync();
        return new FlowWorld(ledger, tasker, app, token!.Token);
    }

    /// <summary>Calls a tool the legacy way and returns the JSON-RPC answer.</summary>
    public async Task<JsonNode> CallAsync(string tool, string arguments, string? token = null)
    {
        var id = Interlocked.Increment(ref _id);
        var (_, body) = await PostAsync(
            $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""", token);
        var answer = JsonNode.Parse(body)!;
        Assert.Equal(id, (int)answer["id"]!);
        return answer;
    }

    /// <summary>The structured result, whether success or refusal.</summary>
    public async Task<JsonNode> ResultAsync(string tool, string arguments) =>
        (await CallAsync(tool, arguments))["result"]!["structuredContent"]!;

    public async Task<(int Status, string Body)> PostAsync(string json, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var response = await Client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Tasker.Stop();
        Tasker.Dispose();
        await Ledger.DisposeAsync();
    }
}
