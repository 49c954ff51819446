using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Commands;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Decide;

/// <summary>The manifest is valid as it is, refused with every fault when it is not, and documented as it is.</summary>
public sealed class ManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manifest-").FullName;

    public ManifestTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "contracts"));
        foreach (var file in Directory.GetFiles(Repository.At("config"), "*.json", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_folder, Path.GetRelativePath(Repository.At("config"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [Fact]
    public void The_manifest_of_the_repository_is_valid()
    {
        var manifest = ManifestReader.Load(Repository.At("config"));

        Assert.Equal(64, manifest.Digest.Length);
        Assert.Contains(manifest.Tools, tool => tool.Rule.Tool == "create_card");
        Assert.All(manifest.Tools, tool => Assert.Equal(tool.Route is null, tool.Rule.Local));
    }

    [Fact]
    public void The_table_of_routes_in_the_documents_is_the_manifests() =>
        Assert.Equal(
            File.ReadAllText(Repository.At("docs", "ROUTES.md")).Trim(),
            RoutesTable.Markdown(ManifestReader.Load(Repository.At("config"))).Trim());

    [Fact]
    public void The_tools_in_the_documents_are_the_manifests() =>
        Assert.Equal(
            File.ReadAllText(Repository.At("docs", "MCP_TOOLS_CONTRACT.md")).Trim(),
            ToolsDocument.Markdown(ManifestReader.Load(Repository.At("config"))).Trim());

    [Fact]
    public void A_full_agents_tool_list_keeps_the_size_limits()
    {
        var manifest = ManifestReader.Load(Repository.At("config"));
        var everything = Authority(Scopes.All);

        var list = JsonNode.Parse(new ToolCatalog(manifest).List(everything).Span)!.AsArray();
        var full = Encoding.UTF8.GetByteCount(list.ToJsonString(Relaxed));
        foreach (var tool in list)
        {
            tool!.AsObject().Remove("outputSchema");
        }

        Assert.Equal(manifest.Tools.Count, list.Count);
        Assert.InRange(full, 1, 48 * 1024);
        Assert.InRange(Encoding.UTF8.GetByteCount(list.ToJsonString(Relaxed)), 1, 32 * 1024);
    }

    [Fact]
    public void The_tool_list_shows_only_what_the_agent_may_call_and_asks_for_a_project_only_when_there_is_a_choice()
    {
        var catalog = new ToolCatalog(ManifestReader.Load(Repository.At("config")));

        var reader = Names(catalog, Authority(Bundles.ByName["observer"]));
        var one = Tool(catalog, Authority(Scopes.All), "create_card");
        var two = Tool(catalog, Authority(Scopes.All, grants: 2), "create_card");

        Assert.Contains("get_card", reader);
        Assert.DoesNotContain("create_card", reader);
        Assert.DoesNotContain("project", Required(one));
        Assert.Contains("project", Required(two));
        Assert.All(Names(catalog, Authority(Scopes.All)), name => Assert.DoesNotMatch("delete|archive", name));
    }

    [Fact]
    public void No_private_member_of_a_contract_is_shown_to_agents() =>
        Assert.Equal(
            ["name", "title", "description", "inputSchema", "outputSchema", "annotations"],
            Tool(new ToolCatalog(ManifestReader.Load(Repository.At("config"))), Authority(Scopes.All), "get_card")
                .AsObject().Select(member => member.Key));

    public static TheoryData<string, string, string> Mutations() => new()
    {
        { "/ReverseProxy/Routes/create_card/Match/Methods/0", "\"DELETE\"", "DELETE is not one of" },
        { "/ReverseProxy/Routes/create_card/Match/Path", "\"/api/internal/nodedc/agent/v1/{**rest}\"", "{**rest}" },
        { "/ReverseProxy/Routes/create_card/Match/Path", "\"/api/v1/workspaces\"", "must begin with" },
        { "/ReverseProxy/Routes/create_card/Match/Path", "\"/api/internal/nodedc/agent/v1/projects/{project}/archive\"", "archive" },
        { "/ReverseProxy/Routes/create_card/Match/Headers/0/Values/0", "\"move_card\"", "Match.Headers" },
        { "/ReverseProxy/Routes/create_card/Policy/Scope", "\"card:delete\"", "card:delete is not a scope" },
        { "/ReverseProxy/Routes/create_card/Policy/Scope", "null", "a write needs a scope" },
        { "/ReverseProxy/Routes/create_card/Policy/Project", "\"none\"", "without a project check" },
        { "/ReverseProxy/Routes/create_card/Policy/Effect", "\"read\"", "exactly the writes take idempotency_key" },
        { "/ReverseProxy/Routes/create_card/Policy/AlsoNeeds/nothing", "\"card:label\"", "would never match" },
        { "/ReverseProxy/Routes/create_card/Request/Body/archived_at", "\"$title\"", "archived_at" },
        { "/ReverseProxy/Routes/create_card/Request/Body/title", "\"$headline\"", "$headline, which is not an argument" },
        { "/ReverseProxy/Routes/create_card/Request/Body/title", "\"constant\"", "the argument title goes nowhere" },
        { "/ReverseProxy/Routes/create_card/Request/Headers", "{\"Authorization\":\"$title\"}", "only If-Match" },
        { "/ReverseProxy/Routes/create_card/Response/Scoped", "[]", "Response.Scoped" },
        { "/ReverseProxy/Routes/create_card/Transforms", "[]", "unknown member Transforms" },
        { "/ReverseProxy/Routes/create_card/Order", "1", "unknown member Order" },
        { "/ReverseProxy/Clusters/tasker/HttpRequest/ActivityTimeout", "\"00:05:00\"", "at most 00:00:10" },
        { "/ReverseProxy/Clusters/tasker/Destinations", "{}", "unknown member Destinations" },
        { "/Local/whoami/Policy/Effect", "\"write\"", "a local tool cannot be a write" },
        { "/Local/get_card", """{"Policy":{"Scope":"card:read","Effect":"read","Project":"card"}}""", "no answer of its own" },
        { "/Local/nobody", """{"Policy":{"Scope":null,"Effect":"read","Project":"none"}}""", "contracts/nobody.json is missing" },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_wrong_manifest_is_refused_and_says_why(string place, string value, string words)
    {
        Change("manifest.json", place, value);

        var refused = Assert.Throws<ManifestException>(() => ManifestReader.Load(_folder));

        Assert.Contains(refused.Faults, fault => fault.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_fault_is_reported_at_once()
    {
        Change("manifest.json", "/ReverseProxy/Routes/create_card/Policy/Scope", "\"x\"");
        Change("manifest.json", "/ReverseProxy/Routes/get_card/Match/Methods/0", "\"DELETE\"");
        Change("contracts/move_card.json", "/name", "\"other\"");
        File.WriteAllText(Path.Combine(_folder, "contracts", "orphan.json"), "{}");

        var faults = Assert.Throws<ManifestException>(() => ManifestReader.Load(_folder)).Faults;

        Assert.Contains(faults, fault => fault.StartsWith("create_card.Policy", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("get_card", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("contracts/move_card.json", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("contracts/orphan.json", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("contracts/get_card.json")]
    public void A_duplicate_member_is_a_fault_wherever_it_stands(string file)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, "{\"name\":\"one\",\"name\":\"two\"," + File.ReadAllText(path).TrimStart()[1..]);

        var faults = Assert.Throws<ManifestException>(() => ManifestReader.Load(_folder)).Faults;

        Assert.Contains(faults, fault => fault.StartsWith(file, StringComparison.Ordinal));
    }

    [Fact]
    public void Any_changed_byte_changes_the_digest()
    {
        var before = ManifestReader.Load(_folder).Digest;
        File.AppendAllText(Path.Combine(_folder, "contracts", "get_card.json"), "\n");

        Assert.NotEqual(before, ManifestReader.Load(_folder).Digest);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private void Change(string file, string place, string value)
    {
        var path = Path.Combine(_folder, file);
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        var parts = place.TrimStart('/').Split('/');
        var parent = parts[..^1].Aggregate(root, (node, part) => node is JsonArray list ? list[int.Parse(part)]! : node[part]!);
        if (parent is JsonArray array)
        {
            array[int.Parse(parts[^1])] = JsonNode.Parse(value);
        }
        else
        {
            parent[parts[^1]] = JsonNode.Parse(value);
        }

        File.WriteAllText(path, root.ToJsonString());
    }

    private static Authority Authority(IEnumerable<string> scopes, int grants = 1) => Authorities.With(
        [.. Enumerable.Range(0, grants).Select(index => Authorities.Grant($"P{index}", [.. scopes]))]);

    private static IEnumerable<string> Names(ToolCatalog catalog, Authority authority) =>
        JsonNode.Parse(catalog.List(authority).Span)!.AsArray().Select(tool => (string)tool!["name"]!);

    private static JsonNode Tool(ToolCatalog catalog, Authority authority, string name) =>
        JsonNode.Parse(catalog.List(authority).Span)!.AsArray().Single(tool => (string)tool!["name"]! == name)!;

    private static IEnumerable<string> Required(JsonNode tool) => tool["inputSchema"]!["required"]!.AsArray().Select(name => (string)name!);
}
