using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Storage;
using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Pages;

/// <summary>In by a link that a button uses up, or in the demonstration by choosing; out by a button.</summary>
public sealed class SignInPageTests
{
    [Fact]
    public async Task Looking_at_a_link_does_not_use_it_and_its_button_does()
    {
        await using var world = await World.CreateAsync();
        await using var database = LauncherDatabase.Open(world.Connection);
        var path = "/sign-in/" + (await new SignInLinks(database).MakeAsync(World.Person, CancellationToken.None))!.Code;
        var browser = new Browser(world);

        Assert.Contains("Continue as person", (await browser.GetAsync(path)).Shown, StringComparison.Ordinal);
        Assert.Contains("Continue as person", (await browser.GetAsync(path)).Shown, StringComparison.Ordinal);
        var done = await browser.PostAsync(path, []);
        var home = await browser.GetAsync("/");
        var again = await new Browser(world).PostAsync(path, []);

        Assert.Equal((303, 200, 404), (done.Status, home.Status, again.Status));
        Assert.StartsWith("__Host-launcher-sid=", done.Cookie, StringComparison.Ordinal);
        Assert.All(
            (string[])["httponly", "secure", "samesite=lax", "path=/"],
            word => Assert.Contains(word, done.Cookie, StringComparison.Ordinal));
        Assert.Equal(
            "signed_in",
            await world.ScalarAsync<string>("SELECT action FROM audit WHERE actor = @Id", new { Id = World.Person.ToString("D") }));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    public async Task Another_site_cannot_press_the_button(string header, string value)
    {
        await using var world = await World.CreateAsync();
        await using var database = LauncherDatabase.Open(world.Connection);
        var path = "/sign-in/" + (await new SignInLinks(database).MakeAsync(World.Person, CancellationToken.None))!.Code;

        var answer = await new Browser(world).PostAsync(path, [], (header, value));

        Assert.Equal((403, null), (answer.Status, answer.Cookie));
        Assert.Equal(1, await world.ScalarAsync<long>("SELECT count(*) FROM sign_in_links"));
    }

    [Fact]
    public async Task Without_a_session_pages_lead_to_the_sign_in_page_and_changes_are_refused()
    {
        await using var world = await World.CreateAsync();
        var browser = new Browser(world);

        var home = await browser.GetAsync("/");
        var page = await browser.GetAsync("/sign-in");
        var change = await browser.PostAsync($"/clients/acme/people/{World.Person}/block", [("reason", "x")]);
        var demo = await browser.PostAsync("/sign-in/demo", [("user", World.Root.ToString("D"))]);

        Assert.Equal((303, "/sign-in"), (home.Status, home.Location));
        Assert.Contains("launcher sign-in --user ID", page.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("root@acme.example", page.Text, StringComparison.Ordinal);
        Assert.Equal((401, 404), (change.Status, demo.Status));
    }

    [Fact]
    public async Task In_the_demonstration_everyone_is_one_button_away_but_from_this_machine_alone()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await world.ExecuteAsync("UPDATE users SET blocked = true WHERE id = @Other", new { World.Other });
        await world.StartLauncherAsync(world.Settings with { DemoSignIn = true });
        var browser = new Browser(world);
        var choice = await browser.GetAsync("/sign-in");
        (string, string)[] asRoot = [("user", World.Root.ToString("D"))];

        var foreign = await browser.PostAsync("/sign-in/demo", asRoot, ("Host", "evil.example"));
        var blocked = await browser.PostAsync("/sign-in/demo", [("user", World.Other.ToString("D"))]);
        var done = await browser.PostAsync("/sign-in/demo", asRoot);

        Assert.Contains("root@acme.example", choice.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("other@acme.example", choice.Text, StringComparison.Ordinal);
        Assert.Equal((404, 404, 303), (foreign.Status, blocked.Status, done.Status));
        Assert.Contains("Acme", (await browser.GetAsync("/")).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_and_being_blocked_end_the_session()
    {
        await using var world = await World.CreateAsync();
        var person = await Browser.SignedInAsync(world, World.Person);
        var admin = await Browser.SignedInAsync(world, World.Admin);

        await world.BlockAsync(World.Person, blocked: true);
        var refused = await person.GetAsync("/");
        await world.BlockAsync(World.Person, blocked: false);
        var after = await person.GetAsync("/");
        var left = await admin.SubmitAsync("/sign-out");
        var gone = await admin.GetAsync("/");

        Assert.Equal((403, 303, 303, 303), (refused.Status, after.Status, left.Status, gone.Status));
        Assert.Equal("/sign-in", gone.Location);
    }
}
