using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Pages;

/// <summary>The pages show and change what the API does, under its rules.</summary>
public sealed class AccessPageTests
{
    private const string Changes = "SELECT (SELECT count(*) FROM audit WHERE action <> 'signed_in') + (SELECT count(*) FROM outbox)";

    public static TheoryData<string, string> Forms()
    {
        var person = $"/clients/acme/people/{World.Person}";
        return new TheoryData<string, string>
        {
            { person + "/modules/codex_agents", "enabled" },
            { person + "/block", "reason" },
            { person + "/unblock", "reason" },
            { "/clients/acme/open/tasker", "" },
            { "/sign-out", "" },
        };
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_form_that_is_not_ours_changes_nothing(string path, string field)
    {
        await using var world = await World.CreateAsync();
        var unblock = path.EndsWith("/unblock", StringComparison.Ordinal);
        await world.ExecuteAsync("UPDATE users SET blocked = @unblock WHERE id = @Person", new { World.Person, unblock });
        var root = await Browser.SignedInAsync(world, World.Root);
        var other = await Browser.SignedInAsync(world, World.Operator);
        (string, string)[] fields = field switch
        {
            "" => [],
            "enabled" => [("enabled", "true"), ("reason", "x")],
            _ => [(field, "x")],
        };

        PageAnswer[] answers =
        [
            await root.PostAsync(path, fields),
            await root.PostAsync(path, [("csrf", ""), .. fields]),
            await root.PostAsync(path, [("csrf", other.Csrf), .. fields]),
            await root.PostAsync(path, [("csrf", root.Csrf), ("csrf", root.Csrf), .. fields]),
            await root.PostAsync(path, [("csrf", root.Csrf), .. fields], ("Sec-Fetch-Site", "cross-site")),
            await root.PostAsync(path, [("csrf", root.Csrf), .. fields], ("Origin", "https://evil.example")),
        ];

        Assert.All(answers, answer => Assert.Equal(403, answer.Status));
        Assert.Equal(0, await world.ScalarAsync<long>(Changes));
        Assert.Equal(200, (await root.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData("operator", 303)]
    [InlineData("root", 303)]
    [InlineData("admin", 303)]
    [InlineData("person", 403)]
    [InlineData("stranger", 404)]
    public async Task Managers_entitle_and_block_and_nobody_else(string actor, int status)
    {
        await using var world = await World.CreateAsync();
        var browser = await Browser.SignedInAsync(world, Named(actor));
        var page = $"/clients/acme/people/{World.Other}";

        var list = await browser.GetAsync("/clients/acme/people");
        var shown = await browser.GetAsync(page);
        var entitled = await browser.SubmitAsync(page + "/modules/codex_agents", ("from", "person"), ("enabled", "true"), ("reason", ""));
        var blocked = await browser.SubmitAsync(page + "/block", ("reason", "left"));
        var records = (await browser.GetAsync("/clients/acme/changes"), await browser.GetAsync("/clients/acme/deliveries"));

        var may = status == 303;
        Assert.Equal(may ? (200, 200) : (status, status), (list.Status, shown.Status));
        Assert.Equal(status, entitled.Status);
        // To a member and a stranger the person they would block does not exist.
        Assert.Equal(may ? 303 : 404, blocked.Status);
        Assert.Equal(may ? (200, 200) : (status, status), (records.Item1.Status, records.Item2.Status));
        Assert.Equal(may ? 2 : 0, await world.ScalarAsync<long>("SELECT count(*) FROM outbox"));
        Assert.Equal(may, await world.ScalarAsync<bool>("SELECT blocked FROM users WHERE id = @Other", new { World.Other }));
    }

    [Fact]
    public async Task An_admin_touches_no_root_and_nobody_blocks_themselves()
    {
        await using var world = await World.CreateAsync();
        var admin = await Browser.SignedInAsync(world, World.Admin);
        var root = await Browser.SignedInAsync(world, World.Root);

        var module = await admin.SubmitAsync($"/clients/acme/people/{World.Root}/modules/codex_agents", ("enabled", "true"), ("reason", ""));
        var block = await admin.SubmitAsync($"/clients/acme/people/{World.Root}/block", ("reason", "coup"));
        var shown = await admin.GetAsync($"/clients/acme/people/{World.Root}");
        var own = await root.SubmitAsync($"/clients/acme/people/{World.Root}/block", ("reason", "tired"));
        var said = await root.GetAsync(own.Location!);

        Assert.Equal((403, 403, 303), (module.Status, block.Status, own.Status));
        Assert.DoesNotContain("role=\"switch\"", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/block\"", shown.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody can block themselves.", said.Shown, StringComparison.Ordinal);
        Assert.Equal(0, await world.ScalarAsync<long>(Changes));
    }

    [Fact]
    public async Task Switching_off_and_blocking_take_a_reason()
    {
        await using var world = await World.CreateAsync();
        var root = await Browser.SignedInAsync(world, World.Root);
        var page = $"/clients/acme/people/{World.Person}";
        var before = await world.ScalarAsync<long>(Changes);

        var off = await root.SubmitAsync(page + "/modules/codex_agents", ("from", "home"), ("reason", " "));
        var said = await root.GetAsync("/");
        var block = await root.SubmitAsync(page + "/block", ("reason", ""));
        var more = await root.SubmitAsync(page + "/block", ("reason", "x"), ("surprise", "1"));

        Assert.Equal("/#core-acme", off.Location);
        Assert.Contains("A reason is needed", said.Shown, StringComparison.Ordinal);
        Assert.Equal((303, 303), (block.Status, more.Status));
        Assert.Equal(before, await world.ScalarAsync<long>(Changes));
    }

    [Fact]
    public async Task A_change_is_shown_with_who_made_it_and_whether_the_gateway_knows()
    {
        await using var world = await World.CreateAsync(gatewayUp: false);
        var root = await Browser.SignedInAsync(world, World.Root);
        var person = await Browser.SignedInAsync(world, World.Person);
        var page = $"/clients/acme/people/{World.Person}";
        await root.SubmitAsync(page + "/modules/codex_agents", ("enabled", "true"), ("reason", "new laptop"));
        await AgentGateway.Support.Eventually.TrueAsync(async () => await world.ScalarAsync<int>("SELECT attempts FROM outbox") > 0);

        var away = await root.GetAsync(page);
        await world.Gateway.StartAsync();
        await world.DeliveredAsync();
        var there = await root.GetAsync("/clients/acme/deliveries?state=delivered");
        var changes = await root.GetAsync($"/clients/acme/changes?user={World.Person}");
        var own = await person.GetAsync("/");

        Assert.Contains("Retrying since", away.Shown, StringComparison.Ordinal);
        Assert.Contains("The gateway cannot be reached.", away.Shown, StringComparison.Ordinal);
        Assert.Contains("The gateway has taken it over.", there.Shown, StringComparison.Ordinal);
        Assert.All((string[])["Agents switched on", "new laptop", "root"], word => Assert.Contains(word, changes.Shown, StringComparison.Ordinal));
        Assert.Contains("Acknowledged", own.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"switch\"", own.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_records_are_paged()
    {
        await using var world = await World.CreateAsync();
        await world.ExecuteAsync(
            """
            INSERT INTO audit (at, actor, action, client_id, user_id, reason)
            SELECT now(), @Root, 'member_set', 'acme', @Person, 'entry ' || n FROM generate_series(1, 120) AS n
            """,
            new { Root = World.Root.ToString("D"), World.Person });
        var root = await Browser.SignedInAsync(world, World.Root);

        var first = await root.GetAsync("/clients/acme/changes");
        var older = System.Text.RegularExpressions.Regex.Match(first.Text, "rel=\"next\" href=\"([^\"]+)\"").Groups[1].Value;
        var second = await root.GetAsync("/clients/acme/changes" + older);
        var wrong = await root.GetAsync("/clients/acme/changes?cursor=x");

        Assert.Contains("entry 120", first.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("entry 70 ", first.Shown, StringComparison.Ordinal);
        Assert.Contains("entry 70 ", second.Shown, StringComparison.Ordinal);
        Assert.Equal(422, wrong.Status);
    }

    private static Guid Named(string name) => name switch
    {
        "operator" => World.Operator,
        "root" => World.Root,
        "admin" => World.Admin,
        "person" => World.Person,
        _ => World.Stranger,
    };
}
