using System.Net;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Browser.Tests.Console;

/// <summary>What the console does with wrong settings, a role that may do too much, and a book that is away.</summary>
public sealed class ConsoleStartTests(ConsoleSite site) : IClassFixture<ConsoleSite>
{
    [Fact]
    public async Task A_role_that_may_write_is_not_worked_with()
    {
        var address = Loopback.FreeAddress();
        await using var console = site.Start(site.Book.Owner, address);
        await console.WaitUntilReadyAsync(site.Client, new Uri(address, "/healthz"));

        using var ready = await site.GetAsync("/readyz", null, address);
        using var page = await site.GetAsync("/calls", await site.SignInAsync(Role.Admin, address: address), address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("The console may write", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_book_away_every_page_says_so()
    {
        var address = Loopback.FreeAddress();
        var away = new NpgsqlConnectionStringBuilder(site.Book.Reader) { Port = Loopback.FreePort() }.ConnectionString;
        await using var console = site.Start(away, address);
        await console.WaitUntilReadyAsync(site.Client, new Uri(address, "/healthz"));
        var cookie = await site.SignInAsync(Role.Admin, address: address);

        foreach (var path in (string[])["/", "/calls", "/calls/1", "/agents", "/agents/x", "/routes", "/explain", "/charts", "/integrity"])
        {
            using var response = await site.GetAsync(path, cookie, address);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains("The book cannot be reached", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_does_not_start_with_faults_and_names_them_all()
    {
        var settings = new Dictionary<string, string>(site.Environment("Host=x", site.Address))
        {
            ["CONSOLE_LAUNCH_PUBLIC_KEYS"] = "launcher=/nowhere.pem,tasker",
            ["CONSOLE_GATEWAY_BINARY"] = "/nowhere",
            ["CONSOLE_MANIFEST_DIR"] = "/tmp",
            ["CONSOLE_REQUIRE_ENTITLEMENT"] = "perhaps",
            ["CONSOLE_DATABASE_FILE"] = "/nowhere",
            ["CONSOLE_COLOUR"] = "blue",
        };

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => ServerProgram.RunAsync(
            ServerProgram.Built("Console", "console"), ["serve"], settings, site.File("faults.log")));

        foreach (var name in settings.Keys.Except(["CONSOLE_URLS", "CONSOLE_CHECKPOINT_PUBLIC_KEYS", "CONSOLE_PREVIOUS_MANIFEST_DIR"]))
        {
            Assert.Contains(name, failed.Message, StringComparison.Ordinal);
        }

        Assert.Contains("ended with 2", failed.Message, StringComparison.Ordinal);
    }
}
