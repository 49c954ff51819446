using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Api;

/// <summary>Who may do what: each refusal beside its permit.</summary>
public sealed class RoleTests
{
    [Theory]
    [InlineData("operator", 200, null)]
    [InlineData("root", 200, null)]
    [InlineData("admin", 200, null)]
    [InlineData("person", 403, "role_required")]
    [InlineData("stranger", 404, "client_not_found")]
    public async Task Managers_of_the_client_switch_modules(string actor, int status, string? code)
    {
        await using var world = await World.CreateAsync();

        var answer = await world.SwitchAsync(World.Other, enabled: true, "on", Named(actor));

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(status == 200 ? 1 : 0, await world.ScalarAsync<long>("SELECT count(*) FROM outbox"));
    }

    [Theory]
    [InlineData("operator", "root", 200, null)]
    [InlineData("root", "person", 200, null)]
    [InlineData("admin", "person", 200, null)]
    [InlineData("admin", "root", 403, "role_required")]
    [InlineData("person", "other", 404, "user_not_found")]
    [InlineData("stranger", "person", 404, "user_not_found")]
    [InlineData("root", "root", 409, "own_block")]
    [InlineData("root", "stranger", 404, "user_not_found")]
    [InlineData("root", "operator", 404, "user_not_found")]
    public async Task A_block_takes_someone_with_a_say_over_the_person(string actor, string user, int status, string? code)
    {
        await using var world = await World.CreateAsync();

        var answer = await world.BlockAsync(Named(user), blocked: true, Named(actor));

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(status == 200, await world.ScalarAsync<bool>("SELECT blocked FROM users WHERE id = @id", new { id = Named(user) }));
    }

    [Fact]
    public async Task A_block_takes_a_say_in_every_client_of_the_person()
    {
        await using var world = await World.CreateAsync();
        await world.ExecuteAsync("INSERT INTO client_members VALUES ('globex', @Person, 'member')", new { World.Person });

        var refused = await world.BlockAsync(World.Person, blocked: true, World.Root);
        var done = await world.BlockAsync(World.Person, blocked: true, World.Operator);
        var lifted = await world.BlockAsync(World.Person, blocked: false, World.Stranger);

        Assert.Equal((403, 200, 403), (refused.Status, done.Status, lifted.Status));
    }

    [Fact]
    public async Task A_blocked_person_acts_no_more()
    {
        await using var world = await World.CreateAsync();
        await world.BlockAsync(World.Admin, blocked: true);

        var answer = await world.SwitchAsync(World.Person, enabled: true, "on", World.Admin);
        var unknown = await world.SwitchAsync(World.Person, enabled: true, "on", Guid.CreateVersion7());
        var nobody = await world.SendAsync(HttpMethod.Get, "/api/v1/clients", actor: null);

        Assert.Equal((403, "actor_forbidden"), (answer.Status, answer.Code));
        Assert.Equal(answer.Body.GetProperty("detail").GetString(), unknown.Body.GetProperty("detail").GetString());
        Assert.Equal((400, "actor_required"), (nobody.Status, nobody.Code));
    }

    [Theory]
    [InlineData("admin", "stranger", "member", 200)]
    [InlineData("admin", "person", "admin", 403)]
    [InlineData("admin", "root", "member", 403)]
    [InlineData("root", "person", "admin", 200)]
    [InlineData("root", "person", "root", 200)]
    [InlineData("person", "stranger", "member", 403)]
    [InlineData("stranger", "stranger", "root", 404)]
    public async Task Admins_make_members_and_roots_make_admins(string actor, string user, string role, int status)
    {
        await using var world = await World.CreateAsync();

        var answer = await world.SendAsync(
            HttpMethod.Put, $"/api/v1/clients/acme/members/{Named(user)}", Named(actor), new { role });

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, await world.ScalarAsync<long>("SELECT count(*) FROM audit WHERE action = 'member_set'"));
    }

    [Fact]
    public async Task Everyone_sees_what_is_theirs()
    {
        await using var world = await World.CreateAsync();

        Assert.Equal(2, await CountAsync("clients", World.Operator));
        Assert.Equal(1, await CountAsync("clients", World.Person));
        Assert.Equal(6, await CountAsync("users", World.Operator));
        Assert.Equal(4, await CountAsync("users", World.Admin));
        Assert.Equal(1, await CountAsync("users", World.Person));
        var own = await world.SendAsync(HttpMethod.Get, World.ModulePath(World.Person), World.Person);
        var others = await world.SendAsync(HttpMethod.Get, World.ModulePath(World.Other), World.Person);
        var foreign = await world.SendAsync(HttpMethod.Get, $"/api/v1/users/{World.Stranger}", World.Root);
        var audit = await world.SendAsync(HttpMethod.Get, "/api/v1/audit", World.Root);
        var outbox = await world.SendAsync(HttpMethod.Get, "/api/v1/outbox?client=globex", World.Root);
        var contours = await world.SendAsync(HttpMethod.Get, "/api/v1/clients/acme/contours", World.Person);

        Assert.Equal((200, 403, 404, 403, 404), (own.Status, others.Status, foreign.Status, audit.Status, outbox.Status));
        Assert.Equal(
            """[{"id":"operational-core","name":"Operational Core","modules":["codex_agents","tasker"]}]""",
            contours.Body.GetProperty("contours").GetRawText());

        async Task<int> CountAsync(string what, Guid actor) =>
            (await world.SendAsync(HttpMethod.Get, $"/api/v1/{what}", actor)).Body.GetProperty(what).GetArrayLength();
    }

    private static Guid Named(string name) => name switch
    {
        "operator" => World.Operator,
        "root" => World.Root,
        "admin" => World.Admin,
        "person" => World.Person,
        "other" => World.Other,
        _ => World.Stranger,
    };
}
