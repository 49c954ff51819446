using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Rest.OpenApi;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Owners;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Rest;

/// <summary>The committed documents are what the program serves, and what it really answers.</summary>
public sealed class OpenApiTests
{
    private static JsonObject Owners => Read("owners.json");

    [Fact]
    public void The_committed_documents_are_the_programs()
    {
        var manifest = ManifestReader.Load(Repository.At("config"));

        Assert.Equal(Encoding.UTF8.GetString(AgentsDocument.Write(manifest)), File.ReadAllText(Repository.At("docs", "openapi", "agents.json")));
        Assert.Equal(Encoding.UTF8.GetString(OwnersDocument.Write()), File.ReadAllText(Repository.At("docs", "openapi", "owners.json")));
    }

    [Fact]
    public void Every_internal_route_has_one_operation_and_every_operation_a_route()
    {
        var rows = FrontDoorTable.Standard.Where(row => row.Path.StartsWith("/api/internal/v1/", StringComparison.Ordinal))
            .SelectMany(row => row.Methods.Select(method => $"{method} {row.Path}"));

        Assert.Equal(rows.Order(StringComparer.Ordinal), Operations(Owners).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_tool_has_one_operation_and_every_other_route_of_agents_too()
    {
        var tools = ManifestReader.Load(Repository.At("config")).Tools.Select(tool => $"POST /api/v1/tools/{tool.Rule.Tool}");
        var others = FrontDoorTable.Standard
            .Where(row => row.Path.StartsWith("/api/v1/", StringComparison.Ordinal) && !row.Path.Contains("{tool}", StringComparison.Ordinal))
            .SelectMany(row => row.Methods.Select(method => $"{method} {row.Path}"));

        Assert.Equal(tools.Concat(others).Order(StringComparer.Ordinal), Operations(Read("agents.json")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("agents.json")]
    [InlineData("owners.json")]
    public void Every_reference_leads_somewhere_and_every_id_is_one(string file)
    {
        var document = Read(file);
        var ids = Operations(document).Select(line => line.Split(' '))
            .Select(line => (string)document["paths"]![line[1]]![line[0].ToLowerInvariant()]!["operationId"]!).ToList();

        Assert.All(References(document), reference => Assert.NotNull(Follow(document, reference)));
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_documents_are_served_the_agents_without_a_token_and_the_owners_with_theirs()
    {
        await using var world = await OwnersWorld.StartAsync();

        var agents = await world.Agents.GetStringAsync("/api/v1/openapi.json");
        var owners = await world.AskAsync("GET", "/openapi.json");

        Assert.Equal(File.ReadAllText(Repository.At("docs", "openapi", "agents.json")), agents);
        Assert.Equal(File.ReadAllText(Repository.At("docs", "openapi", "owners.json")), owners.Body);
        Assert.Equal(401, (await world.AskAsync("GET", "/openapi.json", token: world.Ledger.Token.Token)).Status);
    }

    [Fact]
    public async Task The_answers_of_the_lifecycle_are_what_the_document_says()
    {
        await using var world = await OwnersWorld.StartAsync();
        var answers = new DocumentedAnswers(Owners, world);
        const string Agents = "/owners/{owner}/agents";
        const string Agent = Agents + "/{agent}";

        await answers.AskAsync("POST", Agents, """{"name":"desk","workspace":"nodedc","grants":[{"project":"NDC","bundle":"reporter"}]}""");
        await answers.AskAsync("GET", Agents);
        await answers.AskAsync("GET", Agent);
        await answers.AskAsync("PATCH", Agent, """{"description":"again"}""");
        await answers.AskAsync("PUT", Agent + "/grants/{project}", """{"bundle":"observer"}""");
        await answers.AskAsync("GET", Agent + "/grants/{project}");
        await answers.AskAsync("GET", Agent + "/tokens");
        var issued = await answers.AskAsync("POST", Agent + "/tokens", """{"label":"x","expires_in_days":null}""");
        await answers.AskAsync("POST", Agent + "/tokens/{token}/revoke", "{}", token: (string)issued["token_id"]!);
        await answers.AskAsync("POST", Agent + "/tokens/{token}/rotate", "{}", token: world.Ledger.Token.Id.ToString());
        await answers.AskAsync("GET", Agent + "/activity");
        await answers.AskAsync("GET", Agent + "/access-review");
        await answers.AskAsync("POST", Agent + "/setup-packet", "{}");
        await answers.AskAsync("GET", "/owners/{owner}/pairings/{code}", refused: 404);
        await answers.AskAsync("POST", "/owners/{owner}/pairings/{code}/approve", """{"agent_id":"ag_00000000"}""", refused: 404);
        await answers.AskAsync("POST", "/owners/{owner}/pairings/{code}/deny", "{}", refused: 404);
        await answers.AskAsync("POST", Agent + "/suspend", "{}");
        await answers.AskAsync("POST", Agent + "/resume", "{}");
        await answers.AskAsync("POST", Agent + "/grants/{project}/revoke", "{}");
        await answers.AskAsync("POST", Agent + "/revoke", "{}");
        await answers.AskAsync("PUT", "/entitlements/{client}/{user}/codex_agents", OwnersWorld.Entitlement(1));
        await answers.AskAsync("GET", "/entitlements/{client}/{user}/codex_agents");
        await answers.AskAsync("POST", "/entitlements:batch", """{"entitlements":[]}""");
        await answers.AskAsync("POST", Agent + "/resume", "{}", refused: 409);
        await answers.AskAsync("PATCH", Agent, """{"mode":"root"}""", refused: 422);
        await answers.AskAsync("GET", "/reporting/agents");
        await answers.AskAsync("GET", "/reporting/sessions");
        await answers.AskAsync("GET", "/reporting/stream", refused: 422, query: "?workspace=.");
        await answers.AskAsync("GET", "/openapi.json");

        Assert.Empty(answers.Wrong);
        Assert.Equal(Operations(Owners).Order(StringComparer.Ordinal), answers.Asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_answers_of_an_agents_reads_are_what_the_document_says()
    {
        await using var world = await FlowWorld.StartAsync();
        foreach (var path in (string[])["/api/v1/tools", "/api/v1/agent-session"])
        {
            var schema = Read("agents.json")["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
            Assert.Empty(SchemaCheck.Problems(schema, (await world.AskAsync("GET", path)).Json));
        }
    }

    [Theory]
    [InlineData("""{"a":1}""", 0)]
    [InlineData("""{"a":null}""", 0)]
    [InlineData("""{"a":"1"}""", 1)]
    [InlineData("""{}""", 1)]
    [InlineData("""{"a":1,"b":2}""", 1)]
    [InlineData("""[]""", 1)]
    public void A_wrong_answer_would_be_found(string json, int problems) => Assert.Equal(problems, SchemaCheck.Problems(
        JsonNode.Parse("""{"type":"object","properties":{"a":{"type":["integer","null"]}},"required":["a"],"additionalProperties":false}""")!,
        JsonNode.Parse(json)).Count);

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Repository.At("docs", "openapi", file)))!.AsObject();

    private static IEnumerable<string> Operations(JsonObject document) => document["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject shape => shape.SelectMany(member => member is { Key: "$ref", Value: JsonValue text } ? [(string)text!] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private static JsonNode? Follow(JsonNode? document, string reference) =>
        reference.Split('/').Skip(1).Aggregate(document, (node, part) => node?[part]);
}
