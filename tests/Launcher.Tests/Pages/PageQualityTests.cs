using System.Diagnostics;
using System.Text.RegularExpressions;
using AgentGateway.Canon.Serve;
using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Pages;

/// <summary>Pages are small and quick, speak two languages, and show hostile text as text.</summary>
public sealed partial class PageQualityTests
{
    private const int LargestBytes = 100 * 1024;

    private static readonly string[] Naughty =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "javascript:alert(1)",
        "{{7*7}}", "</title><svg/onload=alert(1)>", "\u202Egnp.exe", "Ω≈ç√∫˜µ 田中さん 👩‍🚀", "--><!-- <b>", "&lt;script&gt;",
    ];

    private static readonly string[] Pages =
    [
        "/", "/clients/acme/people", $"/clients/acme/people/{World.Person}", "/clients/acme/changes", "/clients/acme/deliveries",
    ];

    [Fact]
    public async Task Every_page_of_a_large_client_is_small_and_quick()
    {
        await using var world = await World.CreateAsync();
        await world.ExecuteAsync(
            """
            INSERT INTO users (id, email, display_name)
            SELECT gen_random_uuid(), 'p' || n || '@acme.example', 'Person with a middling name ' || n FROM generate_series(1, 2000) AS n;
            INSERT INTO client_members SELECT 'acme', id, 'member' FROM users WHERE email LIKE 'p%@acme.example' ON CONFLICT DO NOTHING;
            INSERT INTO entitlements SELECT 'acme', user_id, 'codex_agents', true, 'A reason of some length, as people write', 1, 'seed', now()
            FROM client_members WHERE client_id = 'acme';
            INSERT INTO audit (at, actor, action, client_id, user_id, module, version, enabled, blocked, reason)
            SELECT now(), user_id::text, 'module_enabled', 'acme', user_id, 'codex_agents', 1, true, false, reason FROM entitlements;
            INSERT INTO outbox (client_id, user_id, module, version, enabled, blocked, reason, actor, occurred_at, state, delivered_at)
            SELECT 'acme', user_id, 'codex_agents', 1, true, false, reason, 'seed', now(), 'delivered', now() FROM entitlements;
            ANALYZE;
            """);
        var root = await Browser.SignedInAsync(world, World.Root);
        foreach (var page in Pages)
        {
            await root.GetAsync(page);
            var times = new List<double>();
            for (var round = 0; round < 5; round++)
            {
                var start = Stopwatch.GetTimestamp();
                var answer = await root.GetAsync(page);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                Assert.Equal(200, answer.Status);
                Assert.InRange(answer.Text.Length, 500, LargestBytes);
            }

            Assert.True(times.Order().ElementAt(1) <= 150, $"{page} took {times.Order().ElementAt(1):0} ms.");
        }
    }

    [Fact]
    public async Task Hostile_text_is_shown_as_text()
    {
        await using var world = await World.CreateAsync();
        foreach (var (text, place) in Naughty.Select((text, place) => (text, place)))
        {
            await world.ExecuteAsync(
                """
                INSERT INTO users (id, email, display_name, blocked, blocked_reason) VALUES (@id, @place || '@x', @text, true, @text);
                INSERT INTO client_members VALUES ('acme', @id, 'member');
                INSERT INTO entitlements VALUES ('acme', @id, 'codex_agents', true, @text, 1, @text, now());
                INSERT INTO audit (at, actor, action, client_id, user_id, reason) VALUES (now(), @text, @text, 'acme', @id, @text);
                INSERT INTO outbox (client_id, user_id, module, version, enabled, blocked, reason, actor, occurred_at, state, last_error, attempts)
                VALUES ('acme', @id, 'codex_agents', 1, true, true, @text, @text, now(), 'superseded', @text, 1);
                """,
                new { id = Id(place), place, text });
        }

        await world.ExecuteAsync("UPDATE clients SET name = @text WHERE id = 'acme'", new { text = Naughty[0] });
        var root = await Browser.SignedInAsync(world, World.Root);
        foreach (var page in Pages.Concat(Enumerable.Range(0, Naughty.Length).Select(place => $"/clients/acme/people/{Id(place)}")))
        {
            var answer = await root.GetAsync(page);

            Assert.Equal(200, answer.Status);
            Assert.DoesNotMatch(Markup(), answer.Text);
        }

        Assert.Contains(Naughty[0], (await root.GetAsync("/")).Shown.Replace("&lt;", "<", StringComparison.Ordinal), StringComparison.Ordinal);

        static Guid Id(int place) => Guid.Parse($"00000000-0000-4000-8000-0000000001{place:00}");
    }

    [Fact]
    public async Task A_reader_of_russian_reads_russian_and_no_phrase_is_missing()
    {
        await using var world = await World.CreateAsync();
        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.BlockAsync(World.Person, blocked: true);
        await world.DeliveredAsync();
        var root = await Browser.SignedInAsync(world, World.Root);
        foreach (var page in Pages)
        {
            var answer = await root.GetAsync(page, "ru-RU,en;q=0.5");

            Assert.Contains("<html lang=\"ru\">", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotMatch(Key(), answer.Shown);
        }
    }

    [Fact]
    public void Both_languages_have_the_same_phrases()
    {
        var words = Phrasebook.Of(typeof(LauncherSettings).Assembly);

        Assert.Equal(words.Keys("en").Order(), words.Keys("ru").Order());
        Assert.All(words.Keys("en"), key => Assert.Equal(Holes(words.Find("en", key)!), Holes(words.Find("ru", key)!)));

        static int Holes(string phrase) => phrase.Count(letter => letter == '{');
    }

    // What would be live markup had it not been encoded.
    [GeneratedRegex(@"<script>|<img src=x|<svg/|<b>|\sonerror=alert\(1\)>|'\sonmouseover='alert", RegexOptions.IgnoreCase)]
    private static partial Regex Markup();

    // A phrase that is not there shows its key.
    [GeneratedRegex(@"\b(?:problem|action|push|state|place|module|reason|sign_in|changes|deliveries|said|core|access|block|home)\.[a-z_.]+")]
    private static partial Regex Key();
}
