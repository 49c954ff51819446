using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.Codex;
using AgentGateway.EndToEnd.Tests.System;
using Npgsql;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Flow;

/// <summary>Work is reported through the real Codex: one comment on the card, and administrators see it in between.</summary>
[Collection(SystemCollection.Name)]
public sealed class SessionWorkTests(RunningSystem system, ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public Task Codex_starts_reports_twice_and_finishes_on_one_comment() => system.ExplainAsync(output, async () =>
    {
        var codex = Tool.Require(Tool.Codex);
        var agent = await system.CreateAgentAsync("codex-session", $"{Seed.Granted}=contributor");
        var title = $"Worked on by Codex {agent.Id[^6..]}";

        await RunAsync(codex, agent, new CodexScript()
            .Call("create_card", new JsonObject { ["project"] = Seed.Granted, ["title"] = title }, _ => { })
            .Call("start_work_session", so => new JsonObject
            {
                ["card"] = (string?)so[0].Data?["card"],
                ["goal"] = "Mend the door",
                ["plan"] = new JsonArray("Find the leak", "Close it"),
            }, answer => Assert.Equal("In Progress", (string?)answer.Data?["state"]))
            .Call("update_active_card", new JsonObject { ["progress"] = "Found the leak.", ["done_steps"] = new JsonArray(1) }, Took)
            .Say("On it."));

        var seen = await ReportedAsync(agent);
        Assert.Equal("connected", (string?)seen["state"]);
        var open = Assert.Single(Assert.IsType<JsonArray>(seen["open_sessions"]));
        Assert.Equal("Mend the door", (string?)open?["goal"]);

        await RunAsync(codex, agent, new CodexScript()
            .Call("update_active_card", new JsonObject
            {
                ["progress"] = "Closed it.",
                ["status"] = "testing",
                ["done_steps"] = new JsonArray(2),
            }, Took)
            .Call("finish_work_session", new JsonObject
            {
                ["outcome"] = "completed",
                ["summary"] = "The door is shut; tested by hand.",
            }, answer => Assert.Equal("completed", (string?)answer.Data?["outcome"]))
            .Say("Done."));

        var comment = Assert.Single(await CommentsAsync(title));
        Assert.Contains("Mend the door", comment, StringComparison.Ordinal);
        Assert.Contains("The door is shut", comment, StringComparison.Ordinal);
        Assert.Empty(Assert.IsType<JsonArray>((await ReportedAsync(agent))["open_sessions"]));
    });

    private static void Took(ToolAnswer answer) => Assert.NotEmpty((string?)answer.Data?["session_id"] ?? "");

    private async Task RunAsync(string codex, RunningAgent agent, CodexScript script)
    {
        await using var run = await CodexRun.ExecuteAsync(codex, system.Mcp, agent.Token, script, ToolMode.Direct, Patience);
        output.WriteLine(run.Describe());
        Assert.Equal(0, run.ExitCode);
        run.Model.Verify();
    }

    private async Task<JsonNode> ReportedAsync(RunningAgent agent)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(system.Backends, "/api/internal/v1/reporting/agents?workspace=nodedc"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", system.InternalToken);
        using var response = await client.SendAsync(request);
        var page = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        return Assert.Single(
            Assert.IsType<JsonArray>(page?["agents"]), one => (string?)one?["id"] == agent.Id)!;
    }

    private async Task<List<string>> CommentsAsync(string title)
    {
        await using var command = system.TaskerData.CreateCommand(
            """
            SELECT c.comment_html FROM issue_comments AS c JOIN issues AS i ON i.id = c.issue_id WHERE i.name = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = title });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }
}
