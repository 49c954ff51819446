using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>What ./demo promises to whoever runs it for the first time, and again.</summary>
[Collection(DemoCollection.Name)]
public sealed class DemoTests(RunningDemo demo)
{
    [Fact]
    public void Demo_json_is_for_its_owner_alone_and_names_everything()
    {
        var written = demo.Script.Read();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(demo.Script.DemoJson));
        Assert.Equal(
            ["agent", "board", "console", "database", "gateway", "internal", "internalToken", "launcher", "launcherApiToken", "mcp", "owner",
                "pids", "projects", "second", "tasker", "taskerInternalToken", "ungranted", "workspace"],
            written.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal("Anna Petrova", (string?)written["owner"]!["name"]);
        Assert.NotEmpty((string)written["owner"]!["id"]!);
        Assert.StartsWith("ag_", (string)written["agent"]!["id"]!, StringComparison.Ordinal);
        Assert.StartsWith("ndca1_", (string)written["agent"]!["token"]!, StringComparison.Ordinal);
        Assert.Equal("Иван Соколов", (string?)written["second"]!["owner"]!["name"]);
        Assert.All(Secrets(written).Skip(2), secret => Assert.True(secret.Length >= 64));
    }

    [Fact]
    public void Every_file_of_the_state_with_a_secret_in_it_is_for_its_owner_alone()
    {
        var secrets = Secrets(demo.Script.Read());
        var open = new DirectoryInfo(demo.Script.State).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => !file.FullName.Contains("/postgres/", StringComparison.Ordinal))
            .Where(file => secrets.Any(secret => File.ReadAllText(file.FullName).Contains(secret, StringComparison.Ordinal)))
            .ToList();

        Assert.NotEmpty(open);
        Assert.All(open, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
        Assert.DoesNotContain(open, file => file.Extension == ".log");
    }

    [Fact]
    public void What_is_printed_connects_codex_and_holds_no_secret()
    {
        var export = demo.FirstOutput.IndexOf("export NODEDC_AGENT_TOKEN=", StringComparison.Ordinal);
        var add = demo.FirstOutput.IndexOf(
            $"codex mcp add tasker --url {(string)demo.Script.Read()["mcp"]!} --bearer-token-env-var NODEDC_AGENT_TOKEN",
            StringComparison.Ordinal);

        Assert.True(export >= 0 && export < add, demo.FirstOutput);
        Assert.All(
            Secrets(demo.Script.Read()),
            secret => Assert.DoesNotContain(secret, demo.FirstOutput, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_agent_lists_its_tools_and_writes_a_card()
    {
        var tools = (await demo.AskAsync("tools/list"))["tools"]!.AsArray().Select(tool => (string?)tool!["name"]);
        var created = await demo.CreateCardAsync("NDC", "Written by a test");

        Assert.Contains("create_card", tools);
        Assert.False((bool?)created["isError"] ?? false, created.ToJsonString());
        Assert.Contains("NDC-", created["structuredContent"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_was_not_granted_is_refused_and_the_audit_says_so()
    {
        var project = (string)demo.Script.Read()["ungranted"]!;
        var refused = await demo.CreateCardAsync(project, "Not allowed");
        var audit = (await demo.Script.RunAsync("--gateway", "audit", "tail", "-n", "50")).Succeeded();

        Assert.True((bool?)refused["isError"], refused.ToJsonString());
        Assert.Equal("project_not_granted", (string?)refused["structuredContent"]!["code"]);
        Assert.Contains("project_not_granted", audit.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_says_the_same_again_and_restarts_nothing()
    {
        var before = demo.Script.Read().ToJsonString();
        var answer = (await demo.Script.RunAsync()).Succeeded();

        Assert.Equal(before, demo.Script.Read().ToJsonString());
        Assert.Contains("export NODEDC_AGENT_TOKEN=", answer.Output, StringComparison.Ordinal);
    }

    private static string[] Secrets(JsonNode written) =>
    [
        (string)written["agent"]!["token"]!, (string)written["second"]!["agent"]!["token"]!,
        (string)written["internalToken"]!, (string)written["taskerInternalToken"]!,
        (string)written["launcherApiToken"]!,
        ((string)written["database"]!).Split("Password=")[1],
    ];
}
