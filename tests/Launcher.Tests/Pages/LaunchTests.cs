using System.Security.Cryptography;
using System.Text.RegularExpressions;
using AgentGateway.Canon.SignIn;
using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Pages;

/// <summary>A button signs the person into Tasker or the console, with the role they have in the client at that moment.</summary>
public sealed class LaunchTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Theory]
    [InlineData("operator", "acme", "tasker", Role.Admin)]
    [InlineData("root", "acme", "console", Role.Admin)]
    [InlineData("admin", "acme", "tasker", Role.Admin)]
    [InlineData("person", "acme", "tasker", Role.Owner)]
    [InlineData("stranger", "globex", "console", Role.Admin)]
    public async Task The_partner_learns_who_it_is_and_in_which_role(string actor, string client, string partner, Role role)
    {
        await using var world = await StartedAsync();
        var user = Named(actor);
        var browser = await Browser.SignedInAsync(world, user);

        var page = await browser.SubmitAsync($"/clients/{client}/open/{partner}");

        Assert.Equal(200, page.Status);
        Assert.Contains($"action=\"https://{partner}.example/launch\"", page.Text, StringComparison.Ordinal);
        var token = Regex.Match(page.Text, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
        var (person, fault) = await Reader(partner).ReadAsync(token);
        Assert.Equal((new Person(user.ToString("D"), actor, role, client), LaunchFault.None), (person, fault));
        Assert.Null((await Reader(partner == "tasker" ? "console" : "tasker").ReadAsync(token)).Person);
        Assert.Contains($"form-action 'self' https://tasker.example https://console.example;", Policy(page), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Response.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("person", "globex", "tasker", 404)]
    [InlineData("person", "acme", "gateway", 404)]
    [InlineData("person", "no-such", "tasker", 404)]
    public async Task Nobody_is_launched_where_they_do_not_belong(string actor, string client, string partner, int status)
    {
        await using var world = await StartedAsync();
        var browser = await Browser.SignedInAsync(world, Named(actor));

        var page = await browser.SubmitAsync($"/clients/{client}/open/{partner}");

        Assert.Equal(status, page.Status);
        Assert.DoesNotContain("name=\"token\"", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demoted_person_is_launched_as_what_they_are_now()
    {
        await using var world = await StartedAsync();
        var browser = await Browser.SignedInAsync(world, World.Admin);
        await world.ExecuteAsync("UPDATE client_members SET role = 'member' WHERE user_id = @Admin", new { World.Admin });

        var page = await browser.SubmitAsync("/clients/acme/open/console");

        var token = Regex.Match(page.Text, "name=\"token\" value=\"([^\"]+)\"").Groups[1].Value;
        Assert.Equal(Role.Owner, (await Reader("console").ReadAsync(token)).Person?.Role);
    }

    [Fact]
    public async Task Without_partners_there_are_no_buttons()
    {
        await using var world = await World.CreateAsync();
        var browser = await Browser.SignedInAsync(world, World.Person);

        var home = await browser.GetAsync("/");
        var forced = await browser.SubmitAsync("/clients/acme/open/tasker");

        Assert.DoesNotContain("Open Tasker", home.Text, StringComparison.Ordinal);
        Assert.Equal(404, forced.Status);
    }

    public void Dispose() => _key.Dispose();

    private static string Policy(PageAnswer page) => page.Response.Headers.GetValues("Content-Security-Policy").Single();

    private static Guid Named(string name) => name switch
    {
        "operator" => World.Operator,
        "root" => World.Root,
        "admin" => World.Admin,
        "person" => World.Person,
        _ => World.Stranger,
    };

    private async Task<World> StartedAsync()
    {
        var world = await World.CreateAsync(launcherUp: false);
        await world.StartLauncherAsync(world.Settings with
        {
            LaunchKey = LaunchKeys.ReadPrivate("", _key.ExportPkcs8PrivateKeyPem(), []),
            TaskerUrl = new Uri("https://tasker.example"),
            ConsoleUrl = new Uri("https://console.example"),
        });
        return world;
    }

    private LaunchReader Reader(string audience)
    {
        var key = LaunchKeys.ReadPrivate("", _key.ExportPkcs8PrivateKeyPem(), [])!;
        return new LaunchReader(audience, [new TrustedIssuer("launcher", key)], TimeProvider.System);
    }
}
