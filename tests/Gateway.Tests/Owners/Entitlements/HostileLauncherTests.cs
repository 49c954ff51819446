using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Gateway.Tests.Owners.Entitlements;

/// <summary>Whatever a Launcher says: only a whole and consistent answer about this owner changes or prolongs anything.</summary>
public sealed class HostileLauncherTests : IAsyncLifetime
{
    private const string Good =
        """{"user":"$user","module":"codex_agents","allowed":true,"enabled":true,"blocked":false,"version":5,"clients":[{"client":"nodedc","enabled":true,"version":5,"reason":""}]}""";

    private readonly ConcurrentDictionary<string, (int Status, string Body)> _answers = new();
    private readonly ConcurrentQueue<string> _elsewhere = new();
    private WebApplication? _launcher;
    private int _asked;

    public static TheoryData<int, string> Answers => new()
    {
        { 500, Good }, { 401, Good }, { 404, "" }, { 302, Good }, { 204, "" }, { 200, "" }, { 200, "null" }, { 200, "[]" },
        { 200, "{}" }, { 200, "<html></html>" }, { 200, Good[..^1] },
        { 200, Good.Replace("$user", "u-somebody-else", StringComparison.Ordinal) },
        { 200, Good.Replace("codex_agents", "billing", StringComparison.Ordinal) },
        { 200, Good.Replace("\"allowed\":true", "\"allowed\":false", StringComparison.Ordinal) },
        { 200, Good.Replace("\"blocked\":false", "\"blocked\":true", StringComparison.Ordinal) },
        { 200, Good.Replace("\"enabled\":true,\"blocked\"", "\"enabled\":false,\"blocked\"", StringComparison.Ordinal) },
        { 200, Good.Replace("\"allowed\":true", "\"allowed\":true,\"allowed\":true", StringComparison.Ordinal) },
        { 200, Good.Replace("\"reason\":\"\"", "\"reason\":null", StringComparison.Ordinal) },
        { 200, Good.Replace("\"client\":\"nodedc\"", "\"client\":\"../nodedc\"", StringComparison.Ordinal) },
        { 200, Good.Replace("\"version\":5", "\"version\":0", StringComparison.Ordinal) },
        { 200, Good.Replace("\"version\":5,\"clients\"", "\"version\":6,\"clients\"", StringComparison.Ordinal) },
        { 200, Good.Replace("\"version\":5", "\"version\":4", StringComparison.Ordinal) },
        { 200, Good.Replace("\"version\":5", "\"version\":\"5\"", StringComparison.Ordinal) },
        { 200, Good.Replace("\"clients\":[", "\"clients\":[null,", StringComparison.Ordinal) },
        { 200, Good.Replace("nodedc", "another", StringComparison.Ordinal).Replace(":5", ":1", StringComparison.Ordinal) },
        { 200, Good.Replace("\"reason\":\"\"", "\"reason\":\"" + new string('x', 70_000) + "\"", StringComparison.Ordinal) },
        { 0, Good },
    };

    private string Address => _launcher!.Urls.First();

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _launcher = builder.Build();
        _launcher.Run(AnswerAsync);
        await _launcher.StartAsync();
    }

    public async Task DisposeAsync() => await _launcher!.DisposeAsync();

    [Fact]
    public async Task A_bad_answer_neither_lets_in_nor_prolongs_and_the_good_one_does()
    {
        await using var world = await OwnersWorld.StartAsync(more: PullTests.Launcher(new Uri(Address), "12h", "24h"));
        var number = 0;
        foreach (var (status, body) in Answers.Select(row => ((int)row[0], (string)row[1])))
        {
            var (stale, unknown) = ($"u-stale-{++number}", $"u-unknown-{number}");
            var token = await PullTests.TokenAsync(world, stale);
            var other = await PullTests.TokenAsync(world, unknown);
            await StaleAsync(world, stale);
            _answers[stale] = (status, body.Replace("$user", stale, StringComparison.Ordinal));
            _answers[unknown] = (status, body.Replace("\"clients\":[{", "\"clients\":[{\"x\":", StringComparison.Ordinal));

            Assert.True(await CodeAsync(world, token) == "entitlement_stale", $"{status} {body}");
            Assert.True(await CodeAsync(world, other) == "agents_disabled", $"{status} {body}");
            Assert.Equal(5, await world.Ledger.ValueAsync<long>(
                $"SELECT version FROM entitlements WHERE user_id = '{stale}' AND client_id = 'nodedc' AND confirmed_at < now() - interval '1 day'"));
        }

        var last = await PullTests.TokenAsync(world, "u-good");
        await StaleAsync(world, "u-good");
        _answers["u-good"] = (200, Good.Replace("$user", "u-good", StringComparison.Ordinal));
        Assert.Null(await CodeAsync(world, last));
        Assert.Empty(_elsewhere);
    }

    [Fact]
    public async Task A_launcher_that_is_away_is_not_asked_at_every_call()
    {
        await using var world = await OwnersWorld.StartAsync(more: PullTests.Launcher(new Uri(Address), "12h", "24h"));
        var token = await PullTests.TokenAsync(world, "u-many");
        _answers["u-many"] = (500, "");

        var codes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => world.TryTokenAsync(token)));

        Assert.All(codes, code => Assert.Equal("agents_disabled", code));
        Assert.InRange(_asked, 1, 2);
    }

    // On a busy machine the database may take its time; that is another refusal.
    private static async Task<string?> CodeAsync(OwnersWorld world, string token)
    {
        var code = await world.TryTokenAsync(token);
        return code == "ledger_unavailable" ? await world.TryTokenAsync(token) : code;
    }

    private static async Task StaleAsync(OwnersWorld world, string owner) => await world.Ledger.ExecuteAsync(
        $"""
        INSERT INTO entitlements (client_id, user_id, enabled, blocked, reason, actor, version, occurred_at, confirmed_at)
        VALUES ('nodedc', '{owner}', true, false, '', 'root', 5, now(), now() - interval '25 hours');
        INSERT INTO entitlement_checks (owner_id, next_at) VALUES ('{owner}', now() + interval '1 day') ON CONFLICT DO NOTHING
        """);

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path != "/api/internal/access-check")
        {
            _elsewhere.Enqueue(http.Request.Path);
        }

        var user = http.Request.Query["user"].ToString();
        var (status, body) = _answers.TryGetValue(user, out var known) ? known : (404, "");
        if (user == "u-many")
        {
            Interlocked.Increment(ref _asked);
        }

        if (status == 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            status = 200;
        }

        http.Response.StatusCode = status;
        http.Response.Headers.Location = "/elsewhere";
        http.Response.ContentType = "application/json";
        if (status != 204)
        {
            await http.Response.WriteAsync(body);
        }
    }
}
