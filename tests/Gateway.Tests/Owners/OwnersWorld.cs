using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AgentGateway.Gateway.Tests.Owners;

/// <summary>The whole gateway with a listener for agents and one for backends, before a Tasker that knows two projects.</summary>
internal sealed class OwnersWorld : IAsyncDisposable
{
    public const string Current = "backends-token-current-0f8a71c2-4b7e";
    public const string Next = "backends-token-next-9d13e5ab-77c0-21";

    private readonly WebApplication _app;
    private readonly WireMockServer _tasker;

    private OwnersWorld(LedgerWorld ledger, WireMockServer tasker, WebApplication app)
    {
        Ledger = ledger;
        _tasker = tasker;
        _app = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Agents = new HttpClient { BaseAddress = new Uri(addresses[0]) };
        Backends = new HttpClient { BaseAddress = new Uri(addresses[1]) };
    }

    public LedgerWorld Ledger { get; }

    public HttpClient Agents { get; }

    public HttpClient Backends { get; }

    public IServiceProvider Services => _app.Services;

    public EndpointDataSource Endpoints => Services.GetRequiredService<EndpointDataSource>();

    public static async Task<OwnersWorld> StartAsync(
        bool requireEntitlement = false, IReadOnlyDictionary<string, string>? more = null, LedgerWorld? ledger = null)
    {
        ledger ??= await LedgerWorld.CreateAsync();
        var tasker = WireMockServer.Start();
        Project(tasker, "NDC", LedgerWorld.Project, """[]""");
        Project(tasker, "OPS", Guid.Parse("22222222-2222-4222-8222-222222222222"), """["project:read","card:read","card:create"]""");
        tasker.Given(Request.Create().WithParam("q", "GONE")).RespondWith(Response.Create().WithStatusCode(403));
        tasker.Given(Request.Create().WithParam("q", "DOWN")).RespondWith(Response.Create().WithStatusCode(503));
        var settings = Settings.Load(
            With(more, new Dictionary<string, string>
            {
                ["NODEDC_AGENT_GATEWAY_URLS"] = "http://127.0.0.1:0",
                ["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"] = "http://127.0.0.1:0",
                ["NODEDC_AGENT_GATEWAY_DATABASE"] = ledger.ConnectionString,
                ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = $"{Current},{Next}",
                ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = LedgerWorld.Pepper,
                ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_SOURCE_RATE"] = "0",
                ["NODEDC_AGENT_GATEWAY_SOURCE_CONNECTIONS"] = "0",
                ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = "key-secret-of-the-owner-tests-and-long-enough",
                ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config"),
                ["NODEDC_AGENT_GATEWAY_REQUIRE_ENTITLEMENT"] = requireEntitlement ? "true" : "false",
                ["NODEDC_TASKER_BASE_URL"] = tasker.Url!,
                ["NODEDC_TASKER_INTERNAL_TOKEN"] = "taskers-token-that-only-tasker-may-see",
            }),
            []);
        var app = GatewayApp.Build(settings, ManifestReader.Load(settings.ConfigDir));
        await app.StartAsync();
        return new OwnersWorld(ledger, tasker, app);
    }

    /// <summary>Asks as a backend; a null body sends none, an empty actor or key neither header.</summary>
    public async Task<Answer> AskAsync(
        string method, string path, string? body = null, string actor = "u-anna", string key = "", string token = Current)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/internal/v1" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (actor.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("X-NodeDC-Actor", actor);
        }

        if (key.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(Backends, request);
    }

    public static async Task<Answer> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using var response = await client.SendAsync(request);
        var replayed = response.Headers.Contains("Idempotent-Replayed");
        return new Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), replayed, response.Headers.CacheControl?.NoStore == true);
    }

    public string Agent(string rest = "") => $"/owners/u-anna/agents/{Ledger.Agent.Id}{rest}";

    /// <summary>Whether the gateway lets the token's agent in; the code of the refusal when not.</summary>
    public async Task<string?> TryTokenAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json");
        var answer = await SendAsync(Agents, request);
        return answer.Status == 200 ? null : (string?)answer.Json["error"]!["data"]!["code"];
    }

    public static string Entitlement(long version, bool enabled = true, bool blocked = false) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"enabled":{{(enabled ? "true" : "false")}},"blocked":{{(blocked ? "true" : "false")}},"reason":"test","actor":"root","version":{{version}},"occurred_at":"2026-01-01T00:00:00Z"}
        """);

    public async ValueTask DisposeAsync()
    {
        Agents.Dispose();
        Backends.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _tasker.Stop();
        _tasker.Dispose();
        await Ledger.DisposeAsync();
    }

    /// <summary>The settings of a world with some of them said otherwise; one that is empty is not set.</summary>
    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string>? more, Dictionary<string, string> settings)
    {
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        return settings;
    }

    private static void Project(WireMockServer tasker, string key, Guid id, string maxScopes) => tasker
        .Given(Request.Create().WithPath("/api/internal/nodedc/agent/v1/workspaces/nodedc/projects/resolve").WithParam("q", key))
        .RespondWith(Response.Create().WithStatusCode(200).WithHeader("Content-Type", "application/json").WithBody(
            $$"""{"id":"{{id}}","key":"{{key}}","name":"Project {{key}}","former_keys":[],"agent_max_scopes":{{maxScopes}}}"""));
}

/// <summary>One answer over the wire.</summary>
internal sealed record Answer(int Status, string Body, bool Replayed, bool NoStore)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Code => (string?)Json["code"];

    /// <summary>The body without what tells one request from another.</summary>
    public string Plain => Body.Replace((string?)Json["request_id"] ?? "\0", "", StringComparison.Ordinal);
}
