using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Clients;

/// <summary>Every tool works against the real Tasker and answers what its contract promises.</summary>
[Collection(SystemCollection.Name)]
public sealed class EveryToolTests(RunningSystem system, ITestOutputHelper output)
{
    private readonly Dictionary<string, McpClientTool> _tools = [];
    private readonly HashSet<string> _called = [];
    private McpClient? _client;

    [Fact]
    public Task Every_tool_answers_as_its_contract_promises() => system.ExplainAsync(output, async () =>
    {
        var agent = await system.CreateAgentAsync("every-tool", $"{Seed.Granted}=maintainer");
        await using var client = await ConnectAsync(agent);
        _client = client;
        foreach (var tool in await client.ListToolsAsync())
        {
            _tools[tool.Name] = tool;
        }

        await ReadTheProjectAsync();
        var card = await ChangeFieldsAsync();
        await ChangeContentAsync(card);
        await TalkAsync(card);
        await ReadTheCardAsync(card);
        await ReportAsync(card);

        Assert.Empty(_tools.Keys.Except(_called));
    });

    private async Task ReadTheProjectAsync()
    {
        await CallAsync("whoami", []);
        await CallAsync("list_projects", []);
        await CallAsync("get_project_context", new()
        {
            ["include"] = new[] { "states", "labels", "members", "estimates", "conventions" },
        });
        await CallAsync("list_cards", new() { ["view"] = "all", ["limit"] = 50 });
        await CallAsync("search_cards", new() { ["query"] = "api" });
        await CallAsync("list_workspace_members", new() { ["filter"] = "not_in_project" });
        var member = new Dictionary<string, object?> { ["member"] = "Tom Okafor", ["reason"] = "Works on the card." };
        Assert.Equal(true, (bool?)(await CallAsync("add_existing_project_member", new(member)))["added"]);
        Assert.Equal(true, (bool?)(await CallAsync("add_existing_project_member", new(member)))["already_member"]);
    }

    private async Task<string> ChangeFieldsAsync()
    {
        var made = await CallAsync("create_card", new()
        {
            ["title"] = "Every tool is called once",
            ["content"] = "## Задача ✅\n\ntext\n\n- [ ] one\n- [ ] two\n\n```sh\nls\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |",
            ["labels"] = new[] { "api" },
            ["assignees"] = new[] { "me" },
            ["due_date"] = "2030-01-31",
        });
        var card = (string)made["card"]!;
        await CallAsync("create_card", new() { ["title"] = "A card below", ["parent"] = card });
        await CallAsync("update_card", new() { ["card"] = card, ["rev"] = (string)made["rev"]!, ["title"] = "Every tool was called" });
        await CallAsync("update_card", new() { ["card"] = card, ["priority"] = "low", ["clear"] = new[] { "due_date" } });
        await CallAsync("move_card", new() { ["card"] = card, ["to_state"] = "Done", ["reason"] = "It works." });
        await CallAsync("set_card_labels", new() { ["card"] = card, ["add"] = new[] { "bug" }, ["remove"] = new[] { "api" } });
        await CallAsync("set_card_assignees", new() { ["card"] = card, ["remove"] = new[] { "me" } });
        await CallAsync("add_card_link", new() { ["card"] = card, ["url"] = "https://example.org/1" });
        return card;
    }

    private async Task ChangeContentAsync(string card)
    {
        var blocks = Assert.IsType<JsonArray>((await CallAsync("get_card_content", new() { ["card"] = card }))["blocks"]);
        var items = blocks.Where(block => (string?)block!["type"] == "check_item").Select(block => (string)block!["id"]!).ToArray();
        var ticked = await CallAsync("set_check_items", new()
        {
            ["card"] = card,
            ["items"] = items.Select(id => new Dictionary<string, object?> { ["block_id"] = id, ["checked"] = true }).ToArray(),
        });
        Assert.Equal(2, (int?)ticked["progress"]?["checked"]);
        var text = blocks.Single(block => (string?)block!["type"] == "paragraph")!;
        var replaced = await CallAsync("replace_card_block", new()
        {
            ["card"] = card,
            ["block_id"] = (string)text["id"]!,
            ["block_rev"] = (string)text["rev"]!,
            ["markdown"] = "other text",
        });
        Assert.Equal("text", (string?)replaced["previous_text"]);
        await CallAsync("append_card_content", new() { ["card"] = card, ["section"] = "Итог", ["markdown"] = "- готово" });
    }

    private async Task TalkAsync(string card)
    {
        var comment = await CallAsync("add_comment", new() { ["card"] = card, ["body"] = "Look", ["mention"] = new[] { "Мария Иванова" } });
        await CallAsync("add_comment", new() { ["card"] = card, ["body"] = "More", ["reply_to"] = (string)comment["comment_id"]! });
        await CallAsync("list_comments", new() { ["card"] = card });
    }

    private async Task ReadTheCardAsync(string card)
    {
        var all = await CallAsync("get_card", new()
        {
            ["card"] = card,
            ["include"] = new[] { "content", "comments", "activity", "subcards" },
        });
        Assert.Equal("every-tool", (string?)all["created_by"]);
        Assert.Single(Assert.IsType<JsonArray>(all["subcards"]));
    }

    private async Task ReportAsync(string card)
    {
        var started = await CallAsync("start_work_session", new()
        {
            ["card"] = card,
            ["goal"] = "Report once",
            ["plan"] = new[] { "One", "Two" },
            ["move_to_started"] = false,
        });
        await CallAsync("update_active_card", new() { ["progress"] = "Half way.", ["done_steps"] = new[] { 1 } });
        var ended = await CallAsync("finish_work_session", new() { ["outcome"] = "completed", ["summary"] = "Both steps are done." });
        Assert.Equal((string?)started["session_id"], (string?)ended["session_id"]);
    }

    private Task<McpClient> ConnectAsync(RunningAgent agent) => McpClient.CreateAsync(new HttpClientTransport(
        new HttpClientTransportOptions
        {
            Endpoint = system.Mcp,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {agent.Token}" },
        }));

    private async Task<JsonObject> CallAsync(string tool, Dictionary<string, object?> arguments)
    {
        _called.Add(tool);
        var result = await _client!.CallToolAsync(tool, arguments);
        var said = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(text => text.Text));
        Assert.False(result.IsError ?? false, $"{tool}: {said}");
        var data = Assert.IsType<JsonObject>(JsonNode.Parse(result.StructuredContent?.GetRawText() ?? "null"));
        var schema = Assert.IsType<JsonObject>(JsonNode.Parse(_tools[tool].ReturnJsonSchema?.GetRawText() ?? "null"));

        var missing = Required(tool).Where(name => !data.ContainsKey(name)).Select(name => $"$.{name}: is missing");
        Assert.Empty(OutputSchema.Faults(data, schema).Concat(missing).Select(fault => $"{tool} {fault}"));
        return data;
    }

    // A refusal has none of them, so the schema on the wire cannot demand them.
    private static IEnumerable<string> Required(string tool)
    {
        var contract = JsonNode.Parse(File.ReadAllText(Path.Combine(Programs.Repository, "config", "contracts", $"{tool}.json")))!;
        IEnumerable<string> required = contract["outputRequired"]!.AsArray().Select(name => (string)name!);
        return (bool)contract["annotations"]!["readOnlyHint"]! ? required : required.Append("idempotency_key");
    }
}
