using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>The product's promise, kept through the real Codex: one effect per key, no way to delete, no way elsewhere.</summary>
[Collection(SystemCollection.Name)]
public sealed class ProjectWorkTests(RunningSystem system, ITestOutputHelper output)
{
    private const string Key = "codex-work-0001";

    [SkippableTheory]
    [InlineData(ToolMode.Code)]
    [InlineData(ToolMode.Search)]
    [InlineData(ToolMode.Direct)]
    public Task Codex_lists_projects_creates_a_card_once_comments_moves_it_and_is_refused_elsewhere(ToolMode mode) =>
        system.ExplainAsync(output, async () =>
        {
            var codex = Tool.Require(Tool.Codex);
            var agent = await system.CreateAgentAsync($"codex-{mode}", $"{Seed.Granted}=contributor");
            var title = $"Codex works here, tools by {mode} {agent.Id[^6..]}";

            await using var run = await CodexRun.ExecuteAsync(
                codex, system.Mcp, agent.Token, Script(title), mode, TimeSpan.FromSeconds(90));
            output.WriteLine(run.Describe());

            Assert.False(run.TimedOut);
            Assert.Equal(0, run.ExitCode);
            run.Model.Verify();
            Assert.Equal(CallsAsCodexSawThem, run.McpCalls.Select(call => $"{call["tool"]} {call["status"]}"));
            await new Evidence(system, agent).OfOneCardAsync(title);
        });

    private static CodexScript Script(string title) => new CodexScript()
        .LookFor("tasker list projects create card move comment", found =>
            Assert.ProperSubset(found.ToolNames.ToHashSet(), ToolsOfTheTask))
        .Call("list_projects", [], answer =>
            Assert.Equal([Seed.Granted], Array(answer, "projects").Select(project => (string?)project?["key"])))
        .Call("create_card", NewCard(title), answer =>
        {
            Assert.StartsWith(Seed.Granted + "-", Text(answer, "card"), StringComparison.Ordinal);
            Assert.Equal(true, (bool?)answer.Data?["created"]);
        })
        .Call("create_card", NewCard(title), answer => Assert.Equal(true, (bool?)answer.Data?["replayed"]))
        .Call("add_comment", so => new JsonObject
        {
            // The key of the card comes from the replay: were it another card, the evidence would show it.
            ["card"] = Text(so[3], "card"),
            ["body"] = "Looked into it.",
            ["idempotency_key"] = "codex-work-0002",
        }, answer => Assert.NotEmpty(Text(answer, "comment_id")))
        .Call("move_card", so => new JsonObject { ["card"] = Text(so[2], "card"), ["to_state"] = "In Progress" }, answer =>
            Assert.Equal("In Progress", (string?)answer.Data?["to"]?["state"]))
        .LookFor("delete remove archive purge card project", found =>
            Assert.DoesNotContain(found.ToolNames, name => Words.Any(name.Contains)))
        .Call("delete_card", so => new JsonObject { ["card"] = Text(so[2], "card") }, answer =>
            Assert.Matches("unsupported call|is not a function", answer.Text))
        .Call("get_project_context", new JsonObject { ["project"] = Seed.Ungranted }, answer =>
        {
            Assert.Contains("project_not_granted", answer.Text, StringComparison.Ordinal);
            Assert.Matches("[A-Z][^\"]+ not [^\"]*granted[^\"]*\\.", answer.Text);
        })
        .Say("The card is made and moved.");

    private static readonly string[] CallsAsCodexSawThem =
    [
        "list_projects completed", "create_card completed", "create_card completed", "add_comment completed",
        "move_card completed", "get_project_context failed",
    ];

    private static readonly HashSet<string> ToolsOfTheTask = ["list_projects", "create_card", "move_card", "add_comment"];

    private static readonly string[] Words = ["delete", "remove_card", "archive", "purge", "destroy"];

    private static JsonObject NewCard(string title) => new()
    {
        ["project"] = Seed.Granted,
        ["title"] = title,
        ["content"] = "- [ ] Read the log\n- [ ] Mend it",
        ["idempotency_key"] = Key,
    };

    private static JsonArray Array(ToolAnswer answer, string member) => Assert.IsType<JsonArray>(answer.Data?[member]);

    private static string Text(ToolAnswer answer, string member) => Assert.IsType<string>((string?)answer.Data?[member]);
}
