using AgentGateway.EndToEnd.Tests.System;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Conformance;

/// <summary>The official suite of the protocol, for the newest revision of each era.</summary>
[Collection(SystemCollection.Name)]
public sealed class ConformanceTests(RunningSystem system, ITestOutputHelper output)
{
    private static readonly Dictionary<string, string[]> MustPass = new()
    {
        ["2025-11-25"] = ["server-initialize", "ping", "tools-list", "dns-rebinding-protection"],
        ["2026-07-28"] =
        [
            "server-stateless", "tools-list", "caching", "dns-rebinding-protection",
            "http-header-validation", "http-custom-header-server-validation",
        ],
    };

    [SkippableTheory]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public Task The_official_suite_finds_nothing_but_what_a_tools_only_server_lacks(string revision) =>
        system.ExplainAsync(output, async () =>
        {
            var node = Tool.Require(Tool.Node);
            var suite = Tool.Require(Tool.Conformance);
            var expected = ExpectedFailures.Read(revision);
            var agent = await system.CreateAgentAsync($"conformance-{revision}", $"{Seed.Granted}=contributor");
            await using var proxy = new ConformanceProxy(system.Mcp, agent.Token);
            await proxy.StartAsync();

            var run = await ConformanceRun.ExecuteAsync(
                node, suite, proxy.Url, revision, expected.File, TimeSpan.FromMinutes(3));
            output.WriteLine(run.Describe());
            output.WriteLine(run.Printed);

            Assert.True(run.ExitCode == 0, $"The suite ended with {run.ExitCode}; its words are in the output.");
            Assert.All(MustPass[revision], name =>
            {
                var ran = Assert.Single(run.Scenarios, scenario => scenario.Name == name);
                Assert.True(ran.ChecksPassed > 0, $"{name} checked nothing.");
                Assert.DoesNotContain(name, expected.Entries);
                Assert.DoesNotContain(
                    run.FailedChecks, check => IsOf(name, check) && !expected.Entries.Any(entry => IsOf(entry, check)));
            });
        });

    private static bool IsOf(string entry, string check) => check.StartsWith(entry + ":", StringComparison.Ordinal);
}
