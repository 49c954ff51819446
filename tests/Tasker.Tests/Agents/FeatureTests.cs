using System.Net;
using AgentGateway.Canon.SignIn;
using AgentGateway.Tasker.Seed;

namespace AgentGateway.Tasker.Tests.Agents;

public sealed class FeatureTests(AgentsWorld world) : IClassFixture<AgentsWorld>
{
    [Fact]
    public async Task The_master_switch_refuses_every_call_at_once()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var agent = await anna.CreateAgentAsync("switched");
        var token = Pages.TokenIn((await anna.PostAsync($"/settings/agents/{agent}/tokens", ("label", "t"), ("days", "7"))).Html);
        await world.System.CallAsync("/api/v1/tools/get_card", """{"card":"NDC-1"}""", token);

        Assert.Equal(HttpStatusCode.SeeOther, (await anna.PostAsync("/settings/features/switch")).Status);
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => world.System.CallAsync("/api/v1/tools/get_card", """{"card":"NDC-1"}""", token));
        Assert.Equal(HttpStatusCode.SeeOther, (await anna.PostAsync("/settings/features/switch", ("enabled", "true"))).Status);

        await world.System.CallAsync("/api/v1/tools/get_card", """{"card":"NDC-1"}""", token);
    }

    [Fact]
    public async Task The_maximum_of_a_project_holds_for_what_was_granted_before()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var agent = await anna.CreateAgentAsync("limited", "contributor", "OPS");
        var token = Pages.TokenIn((await anna.PostAsync($"/settings/agents/{agent}/tokens", ("label", "t"), ("days", "7"))).Html);
        const string Comment = """{"card":"OPS-1","body":"hello"}""";
        await world.System.CallAsync("/api/v1/tools/add_comment", Comment, token);

        await anna.PostAsync("/settings/features/maximum", ("project", "OPS"), ("maximum", "observer"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => world.System.CallAsync("/api/v1/tools/add_comment", Comment, token));
        Assert.Contains("at most: Observer", (await anna.GetAsync($"/settings/agents/{agent}")).Html, StringComparison.Ordinal);
        await anna.PostAsync("/settings/features/maximum", ("project", "OPS"), ("maximum", "maintainer"));
        await world.System.CallAsync("/api/v1/tools/add_comment", Comment, token);
    }

    [Fact]
    public async Task An_emergency_stop_of_ones_own_agents_leaves_everybody_elses()
    {
        using var lukas = await EntitledAsync("lukas");
        using var chen = await EntitledAsync("chen");
        var stopped = await lukas.CreateAgentAsync("one", "observer", "NDC");
        await lukas.CreateAgentAsync("two", "observer", "NDC");
        var left = await chen.CreateAgentAsync("three", "observer", "NDC");

        await lukas.PostAsync("/settings/features/stop", ("whose", "own"));

        Assert.Contains("Suspended agents: 2.", (await lukas.GetAsync("/settings/features")).Html, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"suspended\"", (await lukas.GetAsync($"/settings/agents/{stopped}/state")).Html, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"waiting\"", (await chen.GetAsync($"/settings/agents/{left}/state")).Html, StringComparison.Ordinal);

        using var anna = await SignedIn.AnnaAsync(world.System);
        await anna.PostAsync("/settings/features/stop", ("whose", "workspace"));
        Assert.Contains("Suspended agents:", (await anna.GetAsync("/settings/features")).Html, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"suspended\"", (await chen.GetAsync($"/settings/agents/{left}/state")).Html, StringComparison.Ordinal);
        Assert.Contains("three", (await anna.GetAsync("/settings/agents?all=true")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_an_administrator_changes_what_holds_for_the_workspace()
    {
        using var maria = await SignedIn.AsAsync(world.System, AgentsWorld.Maria);
        var before = await world.FingerprintAsync();

        foreach (var (path, fields) in new (string, (string, string)[])[]
        {
            ("/settings/features/switch", []),
            ("/settings/features/maximum", [("project", "NDC"), ("maximum", "off")]),
            ("/settings/features/stop", [("whose", "workspace")]),
        })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await maria.PostAsync(path, fields)).Status);
        }

        Assert.Equal(before, await world.FingerprintAsync());
        Assert.DoesNotContain("Everybody", (await maria.GetAsync("/settings/agents?all=true")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_by_the_launchers_word_is_one_here_where_he_is_a_member()
    {
        using var stranger = await SignedIn.AsAsync(world.System, AgentsWorld.Maria, Role.Admin);

        Assert.Contains("For the whole workspace", (await stranger.GetAsync("/settings/features")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00000000-0000-4000-8000-000000000001")]
    [InlineData("pavel")]
    public async Task Whom_tasker_does_not_know_or_has_deactivated_sees_nothing(string who)
    {
        var person = Guid.TryParse(who, out var id) ? id : SeedIds.Person(who);
        using var browser = await SignedIn.AsAsync(world.System, person, Role.Admin);

        foreach (var path in (string[])["/", "/board/NDC", "/settings/agents", "/settings/features"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(path)).Status);
        }
    }

    [Theory]
    [InlineData(Role.Owner)]
    [InlineData(Role.Reviewer)]
    public async Task A_person_is_handed_on_to_the_console_under_the_same_name_and_role(Role role)
    {
        using var browser = await SignedIn.AsAsync(world.System, AgentsWorld.Maria, role);

        var page = await browser.PostAsync("/settings/console");

        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, world.System.TaskerPublicKey);
        var trusted = LaunchKeys.ReadTrusted("test", $"tasker={path}", []);
        File.Delete(path);
        var reader = new LaunchReader("console", trusted, TimeProvider.System);
        Assert.Contains($"action=\"{new Uri(world.System.Console, "/launch")}\"", page.Html, StringComparison.Ordinal);
        var (person, fault) = await reader.ReadAsync(page.Read("token"));
        Assert.Equal((LaunchFault.None, AgentsWorld.Maria.ToString("D"), role), (fault, person?.Id, person?.Role));
        Assert.Equal(LaunchFault.Used, (await reader.ReadAsync(page.Read("token"))).Fault);
    }

    private async Task<SignedIn> EntitledAsync(string handle)
    {
        await world.System.EntitleAsync(SeedIds.Person(handle));
        return await SignedIn.AsAsync(world.System, SeedIds.Person(handle));
    }
}
