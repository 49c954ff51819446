using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Owners;

public sealed class BadInputTests
{
    private const string Foreign = "/owners/u-boris/agents/";

    public static TheoryData<string, string, string, string> Bodies
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var body in (string[])[
                "{}", """{"name":"a"}""", """{"name":null,"workspace":"nodedc"}""", """{"name":7,"workspace":"nodedc"}""",
                """{"name":"","workspace":"nodedc"}""", """{"name":" ","workspace":"nodedc"}""", """{"name":"a\u0000b","workspace":"nodedc"}""",
                """{"name":"a\nb","workspace":"nodedc"}""", $$"""{"name":"{{new string('x', 101)}}","workspace":"nodedc"}""",
                """{"name":"a","workspace":"no dc"}""", """{"name":"a","workspace":"../x"}""", """{"name":"a","workspace":"nodedc","mode":"root"}""",
                """{"name":"a","workspace":"nodedc","surprise":1}""", """{"name":"a","name":"b","workspace":"nodedc"}""",
                """{"name":"a","workspace":"nodedc","grants":[null]}""", """{"name":"a","workspace":"nodedc","grants":[{"project":"NDC"}]}""",
                """{"name":"a","workspace":"nodedc","grants":[{"project":"NDC","bundle":"boss"}]}""",
                """{"name":"a","workspace":"nodedc","grants":[{"project":"NDC","scopes":["card:delete"]}]}""",
                """{"name":"a","workspace":"nodedc","grants":[{"project":"NDC","scopes":[null]}]}""",
                """{"name":"a","workspace":"nodedc","grants":[{"project":"NDC","scopes":[]}]}""",
                """{"name":"a","workspace":"nodedc","grants":[{"project":"N/../C","bundle":"observer"}]}""",
                """{"name":"a","workspace":"nodedc","grants":[{"project":"NDC","bundle":"observer"},{"project":"NDC","bundle":"observer"}]}""",
                "[]", "", "{", "nonsense", "{\"name\":\"\\ud800\",\"workspace\":\"nodedc\"}"])
            {
                data.Add("POST", "/owners/u-anna/agents", body, body.StartsWith("{\"name\":\"a\",\"name\"", StringComparison.Ordinal)
                    || body.Contains("\\u0000", StringComparison.Ordinal) || body.Contains("ud800", StringComparison.Ordinal)
                    || body is "[]" or "{" or "nonsense" ? "malformed_body" : "invalid_request");
            }

            data.Add("PATCH", "{agent}", """{"mode":"root"}""", "invalid_request");
            data.Add("PATCH", "{agent}", """{"status":"active"}""", "invalid_request");
            data.Add("PATCH", "{agent}", $$"""{"description":"{{new string('x', 1001)}}"}""", "invalid_request");
            data.Add("POST", "{agent}/revoke", """{"drain_seconds":31}""", "invalid_request");
            data.Add("POST", "{agent}/revoke", """{"drain_seconds":"5"}""", "invalid_request");
            data.Add("POST", "{agent}/revoke", """{"reason":"a\tb"}""", "invalid_request");
            data.Add("POST", "{agent}/tokens", "{}", "invalid_request");
            data.Add("POST", "{agent}/tokens", """{"label":"a","expires_in_days":0}""", "invalid_request");
            data.Add("POST", "{agent}/tokens", """{"label":"a","expires_in_days":99999999999}""", "invalid_request");
            data.Add("POST", "{agent}/tokens/{token}/rotate", """{"overlap_seconds":86401}""", "invalid_request");
            data.Add("POST", "{agent}/tokens/{token}/rotate", """{"overlap_seconds":-1}""", "invalid_request");
            data.Add("POST", "{agent}/tokens/nonsense/revoke", "{}", "not_found");
            data.Add("PUT", "{agent}/grants/NDC", """{"bundle":"observer","scopes":["card:read"]}""", "invalid_request");
            data.Add("PUT", "{agent}/grants/N-C", """{"bundle":"observer"}""", "invalid_request");
            data.Add("POST", "{agent}/grants/ZZZ/revoke", "{}", "not_found");
            data.Add("PUT", "/entitlements/c/u/codex_agents", "{}", "invalid_request");
            data.Add("PUT", "/entitlements/c/u/codex_agents", OwnersWorld.Entitlement(0), "invalid_request");
            data.Add("POST", "/entitlements:batch", """{"entitlements":[null]}""", "invalid_request");
            return data;
        }
    }

    [Fact]
    public async Task Bad_input_gets_its_code_and_changes_nothing()
    {
        await using var world = await OwnersWorld.StartAsync();
        var before = await CountAsync(world);
        foreach (var (method, path, body, code) in Bodies.Select(row => ((string)row[0], (string)row[1], (string)row[2], (string)row[3])))
        {
            var address = path.Replace("{agent}", world.Agent(), StringComparison.Ordinal)
                .Replace("{token}", world.Ledger.Token.Id.ToString(), StringComparison.Ordinal);
            var answer = await world.AskAsync(method, address, body);

            Assert.True(answer.Code == code && answer.Status is >= 400 and < 500, $"{method} {path} {body}: {answer.Body}");
            Assert.Contains(answer.Code!, Reasons.ByCode.Keys);
        }

        Assert.Equal(before, await CountAsync(world));
    }

    [Fact]
    public async Task Bad_headers_and_bodies_beyond_the_limit_are_refused()
    {
        await using var world = await OwnersWorld.StartAsync();

        Assert.Equal("invalid_request", (await world.AskAsync("POST", world.Agent("/revoke"), actor: "")).Code);
        Assert.Equal("invalid_request", (await world.AskAsync("POST", world.Agent("/revoke"), actor: new string('a', 201))).Code);
        Assert.Equal("invalid_request", (await world.AskAsync("POST", world.Agent("/revoke"), key: "short")).Code);
        Assert.Equal("invalid_request", (await world.AskAsync("POST", world.Agent("/revoke"), key: "with space in it")).Code);
        Assert.Equal("invalid_request", (await world.AskAsync("GET", world.Agent("/activity?cursor=x"))).Code);
        Assert.Equal("invalid_request", (await world.AskAsync("GET", world.Agent("/activity?cursor=1&cursor=2"))).Code);
        var large = await world.AskAsync("POST", world.Agent("/revoke"), $$"""{"reason":"{{new string('x', 65 * 1024)}}"}""");
        Assert.Equal((413, "payload_too_large"), (large.Status, large.Code));
        Assert.Null(await world.TryTokenAsync(world.Ledger.Token.Token));
    }

    [Fact]
    public async Task Not_yours_and_not_there_are_the_same_bytes_on_every_route()
    {
        await using var world = await OwnersWorld.StartAsync();
        var mine = world.Ledger.Agent.Id;
        (string Method, string Path, string? Body)[] routes =
        [
            ("GET", "", null), ("PATCH", "", "{}"), ("POST", "/revoke", null), ("POST", "/suspend", null), ("POST", "/resume", null),
            ("GET", "/grants/NDC", null), ("PUT", "/grants/NDC", """{"bundle":"observer"}"""), ("POST", "/grants/NDC/revoke", null),
            ("GET", "/tokens", null), ("POST", "/tokens", """{"label":"a"}"""), ("POST", $"/tokens/{world.Ledger.Token.Id}/revoke", null),
            ("POST", $"/tokens/{world.Ledger.Token.Id}/rotate", null), ("GET", "/activity", null), ("GET", "/access-review", null),
        ];

        foreach (var (method, rest, body) in routes)
        {
            var notYours = await world.AskAsync(method, Foreign + mine + rest, body);
            var notThere = await world.AskAsync(method, Foreign + "ag_0000000000000000000000" + rest, body);

            Assert.Equal((404, 404), (notYours.Status, notThere.Status));
            Assert.Equal(notThere.Plain, notYours.Plain);
        }

        Assert.Null(await world.TryTokenAsync(world.Ledger.Token.Token));
    }

    private static Task<string?> CountAsync(OwnersWorld world) => world.Ledger.ValueAsync<string>(
        """
        SELECT concat_ws(',', (SELECT count(*) FROM agents), (SELECT count(*) FROM tokens), (SELECT count(*) FROM grants),
               (SELECT count(*) FROM entitlements), (SELECT sum(authority_version) FROM agents))
        """);
}
