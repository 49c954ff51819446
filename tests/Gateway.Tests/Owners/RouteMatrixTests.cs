using System.Net.Http.Headers;
using System.Text;
using AgentGateway.Gateway.Accept.Door;
using Microsoft.AspNetCore.Routing;

namespace AgentGateway.Gateway.Tests.Owners;

/// <summary>Every route, on every listener, with every credential; generated from the table of the front door.</summary>
public sealed class RouteMatrixTests
{
    private static readonly string[] Open = ["/healthz", "/readyz"];

    // What an agent reads, and what the address of a tool that does not exist says to it.
    private static readonly Dictionary<string, int[]> OfAgents = new()
    {
        ["/api/v1/tools"] = [200],
        ["/api/v1/agent-session"] = [200],
        ["/api/v1/tools/{tool}"] = [404],
    };

    [Fact]
    public async Task Each_route_answers_on_its_listener_to_its_credential_and_nowhere_else()
    {
        await using var world = await OwnersWorld.StartAsync();
        var agent = world.Ledger.Token.Token;
        (string Name, string? Token)[] credentials =
            [("none", null), ("agent", agent), ("current", OwnersWorld.Current), ("next", OwnersWorld.Next), ("wrong", OwnersWorld.Current + "x")];
        var wrong = new List<string>();

        foreach (var row in FrontDoorTable.Standard)
        {
            foreach (var method in row.Methods)
            {
                foreach (var (name, token) in credentials)
                {
                    foreach (var (listener, client) in new[] { (Listener.Agent, world.Agents), (Listener.Internal, world.Backends) })
                    {
                        var status = await StatusAsync(client, row, method, token);
                        if (!Expected(row, listener, name).Contains(status))
                        {
                            wrong.Add($"{method} {row.Path} on {listener} with {name}: {status}");
                        }
                    }
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_endpoint_is_a_row_of_the_table_and_every_row_of_the_backends_an_endpoint()
    {
        await using var world = await OwnersWorld.StartAsync();

        // Tools are matched by a header that only the gateway sets; their paths are no row, so nobody can ask for them.
        var endpoints = world.Endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/internal/v1", StringComparison.Ordinal))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        var rows = FrontDoorTable.Standard.Where(row => row.Path.StartsWith("/api/internal/v1", StringComparison.Ordinal))
            .SelectMany(row => row.Methods.Select(method => $"{method} {row.Path}"));

        Assert.Equal(rows.Order(StringComparer.Ordinal), endpoints.Order(StringComparer.Ordinal));
        Assert.All(FrontDoorTable.Standard, row => Assert.NotEmpty(Expected(row, Listener.Agent, "none")));
    }

    [Fact]
    public void A_route_nobody_classified_fails() =>
        Assert.Throws<InvalidOperationException>(() => Expected(new FrontDoorRow(Listener.Agent, "/api/v9/new", "GET"), Listener.Agent, "none"));

    // What a route is for follows from where it stands; a place nobody knows has no expectation and so fails.
    private static int[] Expected(FrontDoorRow row, Listener listener, string credential)
    {
        if (Open.Contains(row.Path))
        {
            return [200];
        }

        if (row.Path == "/metrics")
        {
            return listener is Listener.Internal ? [200] : [404];
        }

        if (row.Path is "/mcp" or "/api/v1/agent-session/setup")
        {
            return listener is not Listener.Agent ? [404] : credential == "agent" ? [200] : [401];
        }

        if (row.Path == "/api/v1/openapi.json")
        {
            return listener is not Listener.Agent ? [404] : [200];
        }

        if (OfAgents.TryGetValue(row.Path, out var good))
        {
            return listener is not Listener.Agent ? [404] : credential == "agent" ? good : [401];
        }

        // A device that pairs has no credential yet; what it sends here is no pairing.
        if (row.Path is "/api/v1/pairing" or "/api/v1/pairing/token")
        {
            return listener is Listener.Agent ? [422] : [404];
        }

        if (!row.Path.StartsWith("/api/internal/v1/", StringComparison.Ordinal) || row.Listener is not Listener.Internal)
        {
            throw new InvalidOperationException($"{row.Path} is not classified.");
        }

        return listener is not Listener.Internal ? [404] : credential is "current" or "next" ? [200, 404, 409, 422] : [401];
    }

    private static async Task<int> StatusAsync(HttpClient client, FrontDoorRow row, string method, string? token)
    {
        var path = row.Path == "/mcp" ? row.Path : string.Join('/', row.Path.Split('/').Select(part => part.StartsWith('{') ? "x1" : part));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-NodeDC-Actor", "u-anna");
        var body = row.Path == "/mcp" ? """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""" : "{}";
        request.Content = method == "GET" ? null : new StringContent(body, Encoding.UTF8, "application/json");
        // A stream has no end to wait for.
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }
}
