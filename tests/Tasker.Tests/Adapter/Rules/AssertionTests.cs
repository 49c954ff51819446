using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>With a key configured, headers count only under the gateway's signature.</summary>
public sealed class AssertionTests : IAsyncLifetime
{
    private const string Key = "assertion-key-0123456789abcdef0123456789";

    private readonly TaskerFixture _tasker = new() { AssertionKey = Key };

    public Task InitializeAsync() => _tasker.InitializeAsync();

    public Task DisposeAsync() => _tasker.DisposeAsync();

    [Fact]
    public async Task A_signed_call_passes_and_every_departure_from_it_is_refused()
    {
        var world = await _tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/context";

        (await Signed(world, Sign(world)).GetAsync(path)).IsOk();

        (await world.Agent.GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world, key: Key + "x")).GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world, agent: "ag_other")).GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world, scope: "card:read")).GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world, project: world.Foreign)).GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world, seconds: -60)).GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world, audience: "board")).GetAsync(path)).IsProblem(401, "unauthenticated");
        (await Signed(world, Unsigned(world)).GetAsync(path)).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task Writes_are_held_to_it_and_the_question_before_a_grant_is_not()
    {
        var world = await _tasker.NewWorldAsync();

        (await world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = "a" })).IsProblem(401, "unauthenticated");
        (await Signed(world, Sign(world)).PostAsync($"/projects/{world.Project}/cards", new { title = "a" })).IsOk(201);
        (await (world.Agent with { Projects = null }).GetAsync($"/workspaces/{world.Slug}/projects/resolve?q=NDC")).IsOk();
    }

    private static AgentClient Signed(World world, string assertion) => world.Agent.With("X-NodeDC-Assertion", assertion);

    private static string Sign(
        World world, string key = Key, string? agent = null, string scope = AgentClient.AllScopes, Guid? project = null, int seconds = 30,
        string audience = "tasker-adapter") => new JwtSecurityTokenHandler().WriteToken(Token(
            world, new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)) { KeyId = "1" }, SecurityAlgorithms.HmacSha256),
            agent ?? world.Agent.AgentId, scope, project ?? world.Project, seconds, audience));

    private static string Unsigned(World world) => new JwtSecurityTokenHandler().WriteToken(Token(
        world, credentials: null, world.Agent.AgentId, AgentClient.AllScopes, world.Project, 30, "tasker-adapter"));

    private static JwtSecurityToken Token(
        World world, SigningCredentials? credentials, string agent, string scope, Guid project, int seconds, string audience)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JwtSecurityToken(
            "agent-gateway",
            audience,
            [
                new Claim("sub", agent), new Claim("owner", world.Anna.ToString("D")), new Claim("tool", "test_tool"),
                new Claim("project", project.ToString("D")), new Claim("scope", scope), new Claim("jti", Guid.CreateVersion7().ToString()),
            ],
            now.AddSeconds(-120),
            now.AddSeconds(seconds),
            credentials);
    }
}
