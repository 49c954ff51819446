using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>Codex edits a description block by block: nobody's text is overwritten unseen, and it brings a colleague in.</summary>
[Collection(SystemCollection.Name)]
public sealed class BlockWorkTests(RunningSystem system, ITestOutputHelper output)
{
    // Nobody else in these suites lets this person into this project.
    private const string Project = "SEC";
    private const string Colleague = "Lukas Weber";

    [SkippableFact]
    public Task Codex_ticks_items_replaces_a_block_only_as_it_is_now_appends_a_section_and_adds_a_member() =>
        system.ExplainAsync(output, async () =>
        {
            var codex = Tool.Require(Tool.Codex);
            var agent = await system.CreateAgentAsync("codex-blocks", $"{Project}=maintainer");

            await using var run = await CodexRun.ExecuteAsync(
                codex, system.Mcp, agent.Token, Script(), ToolMode.Code, TimeSpan.FromSeconds(90));
            output.WriteLine(run.Describe());

            Assert.False(run.TimedOut);
            Assert.Equal(0, run.ExitCode);
            run.Model.Verify();
            Assert.Equal(CallsAsCodexSawThem, run.McpCalls.Select(call => $"{call["tool"]} {call["status"]}"));
            await new Evidence(system, agent).OfBlockWorkAsync(Colleague);
        });

    [SkippableFact]
    public Task Codex_asks_a_person_before_it_replaces_a_block_or_adds_a_member() => system.ExplainAsync(output, async () =>
    {
        var codex = Tool.Require(Tool.Codex);
        var agent = await system.CreateAgentAsync("codex-unapproved", $"{Project}=maintainer");
        var script = new CodexScript()
            .Call("replace_card_block", new JsonObject
            {
                ["card"] = $"{Project}-1",
                ["block_id"] = "000000",
                ["block_rev"] = "000000",
                ["markdown"] = "Unasked.",
            }, NeedsApproval)
            .Call("add_existing_project_member", new JsonObject { ["member"] = "Tom Okafor", ["reason"] = "Unasked." }, NeedsApproval)
            .Say("Nobody was there to ask.");

        await using var run = await CodexRun.ExecuteAsync(
            codex, system.Mcp, agent.Token, script, ToolMode.Code, TimeSpan.FromSeconds(60));
        output.WriteLine(run.Describe());

        run.Model.Verify();

        static void NeedsApproval(ToolAnswer answer) => Assert.Contains("requires approval", answer.Text, StringComparison.Ordinal);
    });

    private static CodexScript Script() => new CodexScript()
        .Approve("replace_card_block", "add_existing_project_member")
        .Call("create_card", new JsonObject
        {
            ["title"] = "Codex edits blocks",
            ["content"] = "## План ✅\n\nOld words\n\n- [ ] one\n- [ ] two\n- [ ] three",
        }, answer => Assert.Equal(true, (bool?)answer.Data?["created"]))
        .Call("get_card_content", so => Card(so), answer => Assert.Equal(5, (int?)answer.Data?["total"]))
        .Call("set_check_items", so => With(so, "items", new JsonArray(Tick(so, 0), Tick(so, 1))), answer =>
        {
            Assert.Equal(2, (int?)answer.Data?["progress"]?["checked"]);
            Assert.Equal(3, (int?)answer.Data?["progress"]?["total"]);
        })
        .Call("replace_card_block", so => Replace(so, "000000"), answer =>
            Assert.Contains("block_conflict", answer.Text, StringComparison.Ordinal))
        .Call("replace_card_block", so => Replace(so, (string)Blocks(so, "paragraph")[0]["rev"]!), answer =>
            Assert.Equal("Old words", (string?)answer.Data?["previous_text"]))
        .Call("append_card_content", so => With(With(so, "section", "Result"), "markdown", "It **works**."), answer =>
            Assert.Equal(2, Assert.IsType<JsonArray>(answer.Data?["added"]).Count))
        .Call("add_existing_project_member", new JsonObject { ["member"] = Colleague, ["reason"] = "Reviews this card." }, answer =>
            Assert.Equal(true, (bool?)answer.Data?["added"]))
        .Say("The plan is up to date.");

    private static readonly string[] CallsAsCodexSawThem =
    [
        "create_card completed", "get_card_content completed", "set_check_items completed", "replace_card_block failed",
        "replace_card_block completed", "append_card_content completed", "add_existing_project_member completed",
    ];

    private static JsonObject Card(IReadOnlyList<ToolAnswer> so) => new() { ["card"] = (string)so[0].Data!["card"]! };

    private static JsonObject With(IReadOnlyList<ToolAnswer> so, string name, JsonNode value) => With(Card(so), name, value);

    private static JsonObject With(JsonObject arguments, string name, JsonNode value)
    {
        arguments[name] = value;
        return arguments;
    }

    private static JsonNode[] Blocks(IReadOnlyList<ToolAnswer> so, string type) =>
        [.. so[1].Data!["blocks"]!.AsArray().OfType<JsonNode>().Where(block => (string?)block["type"] == type)];

    private static JsonObject Tick(IReadOnlyList<ToolAnswer> so, int item) => new()
    {
        ["block_id"] = (string)Blocks(so, "check_item")[item]["id"]!,
        ["checked"] = true,
    };

    private static JsonObject Replace(IReadOnlyList<ToolAnswer> so, string rev) => With(With(With(
        so, "block_id", (string)Blocks(so, "paragraph")[0]["id"]!), "block_rev", rev), "markdown", "New words");
}
