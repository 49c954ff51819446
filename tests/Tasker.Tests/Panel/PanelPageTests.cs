using System.Net;
using System.Text.Json;
using AgentGateway.Canon.SignIn;

namespace AgentGateway.Tasker.Tests.Panel;

/// <summary>Administrators see who works on what; nobody else sees anything of it.</summary>
public sealed class PanelPageTests(PanelWorld world) : IClassFixture<PanelWorld>
{
    private const string Hostile = "</bdi><script>alert(1)</script><img src=x onerror=alert(2)>";

    [Fact]
    public async Task An_administrator_sees_states_sessions_and_last_cards()
    {
        world.Gateway.Answer = GatewayStub.Agents($"[{Agent("ag_1", "Laptop")},{Agent("ag_2", "Server", state: "never", sessions: false)}]");
        using var anna = await world.SignInAsync(PanelWorld.Anna);

        var html = await anna.GetStringAsync(Path("/agents"));

        Assert.Multiple(
            () => Assert.Contains("<bdi>Laptop</bdi>", html, StringComparison.Ordinal),
            () => Assert.Contains("Connected", html, StringComparison.Ordinal),
            () => Assert.Contains("Never seen", html, StringComparison.Ordinal),
            () => Assert.Contains("href=\"/board/NDC/12\"", html, StringComparison.Ordinal),
            () => Assert.Contains("href=\"/board/NDC/7\"", html, StringComparison.Ordinal),
            () => Assert.Contains("Mend the door", html, StringComparison.Ordinal),
            () => Assert.Contains("needs input", html, StringComparison.Ordinal),
            () => Assert.Contains("<span class=\"meter\">10</span>", html, StringComparison.Ordinal),
            () => Assert.DoesNotContain(GatewayStub.Token, html, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_agents_say_of_themselves_stays_text()
    {
        world.Gateway.Answer = GatewayStub.Agents($"[{Agent(Hostile, Hostile, goal: Hostile, card: "javascript:alert(3)")}]");
        using var anna = await world.SignInAsync(PanelWorld.Anna);

        using var answer = await anna.GetAsync(Path("/agents"));
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Contains("&lt;script&gt;alert(1)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"javascript", html, StringComparison.Ordinal);
        Assert.Contains("require-trusted-types-for 'script'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/agents")]
    [InlineData("/agents/events")]
    public async Task Members_reviewers_and_strangers_get_nothing_and_the_gateway_is_not_asked(string path)
    {
        world.Gateway.Asked.Clear();
        using var maria = await world.SignInAsync(PanelWorld.Maria);
        using var reviewer = await world.SignInAsync(PanelWorld.Anna, Role.Reviewer);
        using var stranger = await world.SignInAsync(Guid.CreateVersion7(), Role.Admin);
        using var nobody = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = world.Site };

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(maria, path));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reviewer, path));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(stranger, path));
        Assert.Equal(HttpStatusCode.SeeOther, await StatusAsync(nobody, path));
        Assert.Empty(world.Gateway.Asked);
    }

    [Fact]
    public async Task The_gateway_is_asked_for_this_workspace_this_state_and_this_page_alone()
    {
        world.Gateway.Answer = GatewayStub.Agents($"[{Agent("ag_1", "Laptop")}]", "\"ag_1\"");
        world.Gateway.Asked.Clear();
        using var anna = await world.SignInAsync(PanelWorld.Anna);

        var html = await anna.GetStringAsync(Path("/agents?state=stale&cursor=a%26workspace%3Dother"));

        var asked = Assert.Single(world.Gateway.Asked);
        Assert.Matches("^\\?workspace=[a-z0-9-]+&state=stale&cursor=a%26workspace%3Dother$", asked);
        Assert.Contains("cursor=ag_1", html, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"page\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/agents?workspace=other")]
    [InlineData("/agents?state=busy")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var anna = await world.SignInAsync(PanelWorld.Anna);

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(anna, path));
    }

    [Fact]
    public async Task An_answer_that_is_none_is_told_plainly()
    {
        world.Gateway.Answer = """{"agents":"many"}""";
        using var anna = await world.SignInAsync(PanelWorld.Anna);

        using var answer = await anna.GetAsync(Path("/agents"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("does not understand", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_agents_are_no_more_than_a_hundred_kilobytes()
    {
        world.Gateway.Answer = GatewayStub.Agents($"[{string.Join(',', Enumerable.Range(0, 100).Select(i => Agent($"ag_{i}", $"Laptop {i}")))}]");
        using var anna = await world.SignInAsync(PanelWorld.Anna);

        Assert.InRange((await anna.GetByteArrayAsync(Path("/agents"))).Length, 1, 100 * 1024);
    }

    private static string Agent(
        string id, string name, string state = "connected", string goal = "Mend the door", string card = "NDC-12", bool sessions = true) =>
        JsonSerializer.Serialize(new
        {
            id,
            name,
            owner = new { id = PanelWorld.Anna, name = "Anna" },
            workspace = "nodedc",
            mode = "full",
            status = "active",
            state,
            last_call_at = (string?)null,
            last_activity_at = state == "never" ? null : "2026-05-04T09:59:00Z",
            last_tool = "get_card",
            last_card = card,
            open_sessions = sessions
                ? new[]
                {
                    new
                    {
                        card = "NDC-7",
                        goal,
                        status = "needs_input",
                        state = "open",
                        started_at = "2026-05-04T09:00:00Z",
                        reported_at = "2026-05-04T09:50:00Z",
                    },
                }
                : [],
        });

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(Path(path), HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
