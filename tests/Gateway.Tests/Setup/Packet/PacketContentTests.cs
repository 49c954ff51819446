using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>A packet says what the agent can really do, neither more nor less.</summary>
public sealed class PacketContentTests
{
    public static TheoryData<AgentMode, string> Kinds
    {
        get
        {
            var data = new TheoryData<AgentMode, string>();
            foreach (var mode in Enum.GetValues<AgentMode>())
            {
                foreach (var bundle in Bundles.ByName.Keys.Order(StringComparer.Ordinal))
                {
                    data.Add(mode, bundle);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_pack_names_each_tool_the_agent_may_call_and_no_other(AgentMode mode, string bundle)
    {
        var authority = Packets.Authority(mode, ("NDC", "Gateway", bundle));
        var packet = Packets.Write(authority);
        var callable = Packets.Manifest.Tools.Where(tool => RuleBook.IsCallable(authority, tool.Rule)).Select(tool => tool.Rule.Tool).ToList();
        var text = (string)packet["agents_md"]!;

        Assert.Equal(callable, packet["expected_tools"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(callable.Count, (int)packet["expected_tool_count"]!);
        Assert.All(callable.Except(["whoami"]), tool => Assert.Contains(tool, text, StringComparison.Ordinal));
        Assert.All(
            Packets.Manifest.Tools.Select(tool => tool.Rule.Tool).Except(callable),
            tool => Assert.DoesNotContain(tool, text, StringComparison.Ordinal));
        Assert.InRange(Encoding.UTF8.GetByteCount(text), 500, InstructionPack.BytesAtMost);
    }

    [Fact]
    public void An_agent_that_may_only_read_hears_nothing_of_changes()
    {
        var text = (string)Packets.Write(Packets.Authority(AgentMode.ReadOnly, ("NDC", "Gateway", "maintainer")))["agents_md"]!;

        Assert.DoesNotContain("idempotency", text, StringComparison.Ordinal);
        Assert.DoesNotContain("change with", text, StringComparison.Ordinal);
        Assert.Contains("You may only read.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_grant_allows_is_said_before_it_is_tried()
    {
        var without = (string)Packets.Write(Packets.Authority(AgentMode.Full, ("NDC", "Gateway", "contributor")))["agents_md"]!;
        var with = (string)Packets.Write(Packets.Authority(AgentMode.Full, ("NDC", "Gateway", "maintainer")))["agents_md"]!;

        Assert.Contains("you lack `card:close`", without, StringComparison.Ordinal);
        Assert.Contains("you lack `card:mention`", without, StringComparison.Ordinal);
        Assert.DoesNotContain("you lack", with, StringComparison.Ordinal);
    }

    [Fact]
    public void Fifty_projects_with_long_names_and_rights_of_their_own_stay_below_the_limit()
    {
        var names = Enumerable.Range(0, 50).Select(at => ($"P{at}", new string('\u202e', 150), at % 2 == 0 ? "observer" : "maintainer"));
        var packet = Packets.Write(Packets.Authority(AgentMode.Full, [.. names]));
        var text = (string)packet["agents_md"]!;

        Assert.InRange(Encoding.UTF8.GetByteCount(text), 3000, InstructionPack.BytesAtMost);
        Assert.Contains("call `whoami` to see all", text, StringComparison.Ordinal);
        Assert.Contains("of 50 projects", packet["warnings"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_is_what_codex_takes_and_only_ticked_tools_run_unasked()
    {
        var authority = Packets.Authority(AgentMode.Full, ("NDC", "Gateway", "contributor"));
        var none = StrictToml.Read((string)Packets.Write(authority)["config_toml"]!).Values;
        var packet = Packets.Write(authority, "create_card", "move_card");
        var ticked = StrictToml.Read((string)packet["config_toml"]!).Values;

        Assert.Equal(
            new Dictionary<string, object>
            {
                [Path("mcp_servers", "tasker")] = "table",
                [Path("mcp_servers", "tasker", "url")] = Packets.Gateway + "/mcp",
                [Path("mcp_servers", "tasker", "bearer_token_env_var")] = "NODEDC_AGENT_TOKEN",
                [Path("mcp_servers", "tasker", "startup_timeout_sec")] = 15L,
                [Path("mcp_servers", "tasker", "tool_timeout_sec")] = 30L,
            },
            none);
        Assert.Equal(
            ["create_card", "move_card"],
            ticked.Where(pair => pair.Value is "approve").Select(pair => pair.Key.Split('\u001f')[^2]));
        Assert.Contains("create_card, move_card", Warnings(packet), StringComparison.Ordinal);
        Assert.DoesNotContain("without asking", Warnings(Packets.Write(authority, "get_card")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_digest_of_the_script_is_checked_before_it_runs()
    {
        var right = ConnectScript.Of("https://gateway.example.org", "laptop", new string('a', 64));
        var unknown = ConnectScript.Of("https://gateway.example.org", "laptop", null);

        Assert.Equal(2, right.Commands.Count);
        Assert.Contains(new string('a', 64), right.Commands[0], StringComparison.Ordinal);
        Assert.Equal([right.Commands[1]], unknown.Commands);
        foreach (var shell in Shells.Names)
        {
            Assert.Equal("1\n", await Shells.RunAsync(shell, $"cd / && {{ {right.Commands[0]}; }}; echo $?"));
        }
    }

    [Fact]
    public async Task The_script_in_the_repository_passes_its_own_check()
    {
        if (ConnectScript.Sha256 is not { } digest)
        {
            Assert.False(File.Exists(Support.Repository.At("scripts", "connect")));
            return;
        }

        foreach (var shell in Shells.Names)
        {
            var command = ConnectScript.Of("https://gateway.example.org", "laptop", digest).Commands[0];
            Assert.Equal(
                "scripts/connect is genuine\n", await Shells.RunAsync(shell, $"cd '{Support.Repository.Root}' && {command}"));
        }
    }

    private static string Path(params string[] keys) => string.Join('\u001f', keys);

    private static string Warnings(JsonNode packet) => packet["warnings"]!.ToJsonString();
}
