using System.Text.Json.Nodes;

namespace AgentGateway.Gateway.Tests.Owners;

public sealed class LifecycleTests
{
    private const string Create =
        """{"name":"desk","workspace":"nodedc","mode":"full","description":"Аня","grants":[{"project":"NDC","bundle":"reporter"}]}""";

    [Fact]
    public async Task An_owner_makes_an_agent_gives_it_a_token_and_sees_both()
    {
        await using var world = await OwnersWorld.StartAsync();

        var made = await world.AskAsync("POST", "/owners/u-anna/agents", Create);
        var id = (string)made.Json["agent"]!["id"]!;
        var issued = await world.AskAsync("POST", $"/owners/u-anna/agents/{id}/tokens", """{"label":"desk"}""");

        Assert.Equal((201, 201), (made.Status, issued.Status));
        Assert.True(made.NoStore && issued.NoStore);
        Assert.Equal("Аня", (string?)made.Json["agent"]!["description"]);
        Assert.Null(await world.TryTokenAsync((string)issued.Json["token"]!));
        Assert.Equal(89, ((DateTimeOffset)issued.Json["expires_at"]! - TimeProvider.System.GetUtcNow()).Days);
        var endless = await world.AskAsync("POST", $"/owners/u-anna/agents/{id}/tokens", """{"label":"ci","expires_in_days":null}""");
        Assert.Null(endless.Json["expires_at"]);
        var list = await world.AskAsync("GET", "/owners/u-anna/agents");
        Assert.Equal(2, list.Json["agents"]!.AsArray().Count);
        Assert.DoesNotContain((string)issued.Json["token"]!, list.Body, StringComparison.Ordinal);
        var tokens = await world.AskAsync("GET", $"/owners/u-anna/agents/{id}/tokens");
        Assert.Equal((string?)issued.Json["prefix"], (string?)tokens.Json["tokens"]![1]!["prefix"]);
        Assert.DoesNotContain((string)issued.Json["token"]!, tokens.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_never_reaches_beyond_what_tasker_allows_in_the_project()
    {
        await using var world = await OwnersWorld.StartAsync();

        var grant = await world.AskAsync("PUT", world.Agent("/grants/OPS"), """{"bundle":"maintainer"}""");

        Assert.Equal(
            ["card:create", "card:read", "project:read"],
            grant.Json["grant"]!["scopes"]!.AsArray().Select(scope => (string)scope!).Order(StringComparer.Ordinal));
        Assert.Equal(grant.Body, (await world.AskAsync("GET", world.Agent("/grants/ops"))).Body);
        Assert.Equal("invalid_request", (await world.AskAsync("PUT", world.Agent("/grants/OPS"), """{"scopes":["member:read"]}""")).Code);
        Assert.Equal("unknown_project", (await world.AskAsync("PUT", world.Agent("/grants/GONE"), """{"bundle":"observer"}""")).Code);
        Assert.Equal("upstream_unavailable", (await world.AskAsync("PUT", world.Agent("/grants/DOWN"), """{"bundle":"observer"}""")).Code);
    }

    [Fact]
    public async Task Suspending_refuses_at_once_resuming_restores_and_revoking_is_final()
    {
        await using var world = await OwnersWorld.StartAsync();
        var token = world.Ledger.Token.Token;
        Assert.Null(await world.TryTokenAsync(token));

        Assert.Equal("suspended", (string?)(await world.AskAsync("POST", world.Agent("/suspend"))).Json["agent"]!["status"]);
        Assert.Equal("agent_suspended", await world.TryTokenAsync(token));
        await world.AskAsync("POST", world.Agent("/resume"));
        Assert.Null(await world.TryTokenAsync(token));
        var revoked = await world.AskAsync("POST", world.Agent("/revoke"), """{"reason":"sold"}""");

        Assert.Equal(("revoked", true, 0), (
            (string?)revoked.Json["agent"]!["status"], (bool)revoked.Json["drained"]!, (int)revoked.Json["in_flight"]!));
        Assert.Equal("unauthenticated", await world.TryTokenAsync(token));
        Assert.Equal("agent_revoked", (await world.AskAsync("POST", world.Agent("/resume"))).Code);
        Assert.Equal("agent_revoked", (await world.AskAsync("POST", world.Agent("/tokens"), """{"label":"x"}""")).Code);
        Assert.Equal("u-anna|sold", await world.Ledger.ValueAsync<string>(
            "SELECT actor || '|' || cause FROM audit_events WHERE decision = 'agent_revoked'"));
    }

    [Fact]
    public async Task A_rotated_token_holds_for_the_overlap_and_a_compromised_one_not_a_second()
    {
        await using var world = await OwnersWorld.StartAsync();
        var first = world.Ledger.Token;

        var second = await world.AskAsync("POST", world.Agent($"/tokens/{first.Id}/rotate"), """{"overlap_seconds":60}""");
        Assert.Equal(201, second.Status);
        Assert.Null(await world.TryTokenAsync(first.Token));
        Assert.Null(await world.TryTokenAsync((string)second.Json["token"]!));
        Assert.InRange(
            (DateTimeOffset)second.Json["old_valid_until"]! - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
        var third = await world.AskAsync("POST", world.Agent($"/tokens/{second.Json["token_id"]}/rotate"));
        Assert.Equal("too_many_tokens", third.Code);

        var safe = await world.AskAsync(
            "POST", world.Agent($"/tokens/{second.Json["token_id"]}/rotate"), """{"reason":"compromised","overlap_seconds":3600}""");
        Assert.Equal("unauthenticated", await world.TryTokenAsync((string)second.Json["token"]!));
        Assert.Equal("u-anna|compromised", await world.Ledger.ValueAsync<string>(
            $"SELECT revoked_by || '|' || reason FROM tokens WHERE id = '{second.Json["token_id"]}'"));
        Assert.True(safe.NoStore && second.NoStore);
        Assert.Null(await world.TryTokenAsync((string)safe.Json["token"]!));
        Assert.Equal("token_not_live", (await world.AskAsync("POST", world.Agent($"/tokens/{second.Json["token_id"]}/rotate"))).Code);

        // The end of the overlap, without waiting for it.
        await world.Ledger.ExecuteAsync($"UPDATE tokens SET expires_at = clock_timestamp() WHERE id = '{first.Id}'");
        await world.Ledger.ExecuteAsync("UPDATE agents SET authority_version = authority_version + 1");
        Assert.Equal("unauthenticated", await world.TryTokenAsync(first.Token));
    }

    [Fact]
    public async Task A_repeated_write_changes_nothing_and_a_repeated_issue_shows_no_secret()
    {
        await using var world = await OwnersWorld.StartAsync();

        var made = await world.AskAsync("POST", "/owners/u-anna/agents", Create, key: "create-0001");
        var again = await world.AskAsync("POST", "/owners/u-anna/agents", Create, key: "create-0001");
        var issued = await world.AskAsync("POST", world.Agent("/tokens"), """{"label":"a"}""", key: "issue-0001");
        var repeated = await world.AskAsync("POST", world.Agent("/tokens"), """{"label":"a"}""", key: "issue-0001");
        var other = await world.AskAsync("POST", world.Agent("/tokens"), """{"label":"b"}""", key: "issue-0001");

        Assert.Equal((made.Body, true, false), (again.Body, again.Replayed, made.Replayed));
        Assert.Equal((201, true, null), (repeated.Status, repeated.Replayed, (string?)repeated.Json["token"]));
        Assert.Contains("shown once", (string)repeated.Json["note"]!, StringComparison.Ordinal);
        Assert.Equal((string?)issued.Json["token_id"], (string?)repeated.Json["token_id"]);
        Assert.Equal("idempotency_key_reused", other.Code);
        Assert.Equal(2, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM tokens"));
        Assert.Equal(2, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM agents"));
        Assert.False(await world.Ledger.ValueAsync<bool>(
            $"SELECT bool_or(convert_from(answer, 'UTF8') LIKE '%{issued.Json["token"]}%') FROM owner_operations"));
    }

    [Fact]
    public async Task Of_16_equal_writes_at_once_one_is_done_and_all_hear_of_it()
    {
        await using var world = await OwnersWorld.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
            world.AskAsync("POST", "/owners/u-anna/agents", Create, key: "create-0001")));

        Assert.All(answers, answer => Assert.Equal(answers[0].Body, answer.Body));
        Assert.Single(answers, answer => !answer.Replayed);
        Assert.Equal(2, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM agents"));
    }

    [Fact]
    public async Task The_history_is_paged_and_the_review_shows_what_is_never_used()
    {
        await using var world = await OwnersWorld.StartAsync();
        for (var i = 0; i < 60; i++)
        {
            await world.AskAsync("PATCH", world.Agent(), """{"description":"again"}""");
        }

        var first = await world.AskAsync("GET", world.Agent("/activity"));
        var rest = await world.AskAsync("GET", world.Agent($"/activity?cursor={first.Json["next_cursor"]}"));
        var review = await world.AskAsync("GET", world.Agent("/access-review"));

        Assert.Equal((50, 12), (Count(first), Count(rest)));
        Assert.Null(rest.Json["next_cursor"]);
        Assert.Equal("u-anna", (string?)first.Json["events"]![0]!["actor"]);
        Assert.Contains("card:create", review.Json["projects"]![0]!["unused"]!.AsArray().Select(scope => (string)scope!));
    }

    private static int Count(Answer answer) => ((JsonArray)answer.Json["events"]!).Count;
}
