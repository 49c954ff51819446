using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Setup;

/// <summary>What is not exactly as it must be gets its code and changes nothing.</summary>
public sealed class PairingInputTests
{
    private const string Good = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private static readonly string[] Starts =
    [
        "{}", """{"name":"a"}""", $$"""{"challenge":"{{Good}}"}""", Start("\"name\":7"), Start("\"name\":null"), Start("\"name\":\"\""),
        Start("\"name\":\" \""), Start("\"name\":\"a\\nb\""), Start("\"name\":\"a\\u202eb\""), Start("\"name\":\"a\\u200bb\""),
        Start($"\"name\":\"{new string('x', 101)}\""), Start("\"name\":\"a\",\"host\":\"\""), Start("\"name\":\"a\",\"host\":3"),
        Start("\"name\":\"a\",\"host\":\"\\u2028\""), Start("\"name\":\"a\",\"client\":[]"), Start("\"name\":\"a\",\"surprise\":1"),
        Start($"\"name\":\"a\",\"client\":\"{new string('x', 101)}\""), Requested("7"), Requested("""{"workspace":"../x"}"""),
        Requested("""{"workspace":""}"""), Requested("""{"projects":["N-C"]}"""), Requested("""{"projects":[null]}"""),
        Requested("""{"projects":"NDC"}"""), Requested($"{{\"projects\":[{string.Join(',', Enumerable.Repeat("\"NDC\"", 21))}]}}"),
        Requested("""{"bundle":"boss"}"""), Requested("""{"mode":"root"}"""), Requested("""{"scopes":["card:read"]}"""),
        """{"name":"a","challenge":""}""", """{"name":"a","challenge":"short"}""", $$"""{"name":"a","challenge":"{{Good}}="}""",
        $$"""{"name":"a","challenge":"{{Good[..42]}}+"}""", $$"""{"name":"a","challenge":"{{Good}}A"}""", """{"name":"a","challenge":5}""",
    ];

    private static readonly string Device = PairingCodes.CreateDevice();

    private static readonly string[] Polls =
    [
        "{}", $$"""{"device_code":"{{Device}}"}""", $$"""{"verifier":"{{Good}}"}""", Poll("", Good), Poll("nonsense", Good),
        Poll(Device + "x", Good), Poll(Device[..^1], Good), Poll(Device.ToUpperInvariant(), Good), Poll(Device, ""),
        Poll(Device, Good[..42]), Poll(Device, new string('a', 129)), Poll(Device, Good + " "), Poll(Device, Good + "é"),
        $$"""{"device_code":"{{Device}}","verifier":"{{Good}}","grant_type":"x"}""", $$"""{"device_code":null,"verifier":"{{Good}}"}""",
    ];

    private static readonly string[] Approvals =
    [
        "{}", """{"agent":null}""", """{"agent_id":7}""", """{"agent":{"name":"a"}}""", """{"agent":{"name":"a","workspace":"no dc"}}""",
        """{"agent":{"name":"a","workspace":"nodedc","mode":"root"}}""", """{"agent":{"name":"","workspace":"nodedc"}}""",
        """{"agent":{"name":"a","workspace":"nodedc"},"agent_id":"ag_0000000000000000000000"}""",
        """{"agent":{"name":"a","workspace":"nodedc","grants":[{"project":"NDC","scopes":["card:delete"]}]}}""",
        """{"agent":{"name":"a","workspace":"nodedc"},"token_days":0}""", """{"agent":{"name":"a","workspace":"nodedc"},"token_days":3651}""",
        """{"agent":{"name":"a","workspace":"nodedc"},"token_days":null}""", """{"agent":{"name":"a","workspace":"nodedc"},"scopes":[]}""",
    ];

    [Fact]
    public async Task Bad_bodies_get_their_code_and_change_nothing()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();
        foreach (var (path, body) in Starts.Select(body => ("/api/v1/pairing", body))
            .Concat(Polls.Select(body => ("/api/v1/pairing/token", body))))
        {
            var answer = await world.AskAsync(path, body);
            Assert.True((answer.Status, answer.Code) == (422, "invalid_request"), $"{path} {body}: {answer.Body}");
        }

        foreach (var body in Approvals)
        {
            var answer = await world.ApproveAsync(device.UserCode, body);
            Assert.True((answer.Status, answer.Code) == (422, "invalid_request"), $"{body}: {answer.Body}");
        }

        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM pairings WHERE decision IS NULL"));
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM agents"));
    }

    [Theory]
    [InlineData("", "malformed_body")]
    [InlineData("[]", "malformed_body")]
    [InlineData("{", "malformed_body")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "malformed_body")]
    [InlineData("{\"name\":\"\\ud800\"}", "malformed_body")]
    public async Task What_is_no_object_is_refused(string body, string code)
    {
        await using var world = await PairingWorld.StartAsync();

        foreach (var path in (string[])["/api/v1/pairing", "/api/v1/pairing/token"])
        {
            var answer = await world.AskAsync(path, body);
            Assert.True(answer.Code == code || (body.Length == 0 && answer.Status is 415 or 422), answer.Body);
            Assert.Contains(answer.Code!, Reasons.ByCode.Keys);
        }

        var large = await world.AskAsync("/api/v1/pairing", $$"""{"name":"{{new string('x', 9 * 1024)}}"}""");
        Assert.Equal((413, "payload_too_large"), (large.Status, large.Code));
    }

    [Theory]
    [InlineData("not-your-agent", "unknown_project", """{"agent":{"name":"a","workspace":"nodedc","grants":[{"project":"GONE","bundle":"observer"}]}}""")]
    [InlineData("tasker-away", "upstream_unavailable", """{"agent":{"name":"a","workspace":"nodedc","grants":[{"project":"DOWN","bundle":"observer"}]}}""")]
    public async Task What_Tasker_does_not_grant_leaves_the_pairing_open(string _, string code, string body)
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();

        Assert.Equal(code, (await world.ApproveAsync(device.UserCode, body)).Code);
        Assert.Equal("authorization_pending", (await world.PollAsync(device)).Code);
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM agents"));
    }

    [Fact]
    public async Task A_code_is_read_in_any_case_with_or_without_its_dash_and_no_look_alike_passes()
    {
        await using var world = await PairingWorld.StartAsync();
        var device = await world.PairAsync();
        var bare = device.UserCode.Replace("-", "", StringComparison.Ordinal);

        Assert.Equal(200, (await world.ShowAsync(bare)).Status);
        Assert.Equal(200, (await world.ShowAsync(device.UserCode.ToLowerInvariant())).Status);
        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", device.UserCode);
        foreach (var typed in (string[])["BCDF-GHJ0", "BCDF-GHJI", "BCDFG-HJK", "-BCDFGHJK", "BCDF--GHJK", "BCDFGHJ", "АВСD-GHJK", "ＢCDF-GHJK", "BCDF-GHJſ"])
        {
            Assert.Null(PairingCodes.ReadUser(typed));
        }
    }

    [Fact]
    public async Task Unknown_expired_and_foreign_codes_are_the_same_bytes()
    {
        await using var world = await PairingWorld.StartAsync();
        var foreign = await world.ApprovedAsync();
        var expired = await world.PairAsync();
        await world.Owners.Ledger.ExecuteAsync("UPDATE pairings SET expires_at = clock_timestamp() WHERE decision IS NULL");

        foreach (var rest in (string[])["", "/approve", "/deny"])
        {
            var owner = $"u-boris{rest.Replace('/', '-')}";
            var plain = new List<string>();
            foreach (var code in (string[])["BCDF-GHJK", "0000-0000", expired.UserCode, foreign.UserCode])
            {
                var answer = await world.Owners.AskAsync(
                    rest.Length == 0 ? "GET" : "POST", $"/owners/{owner}/pairings/{code}{rest}",
                    rest == "/approve" ? PairingWorld.NewAgent : null, owner);
                Assert.Equal(404, answer.Status);
                plain.Add(answer.Plain);
            }

            Assert.Single(plain.Distinct());
        }

        Assert.Equal(200, (await world.PollAsync(foreign)).Status);
    }

    private static string Start(string members) => $"{{{members},\"challenge\":\"{Good}\"}}";

    private static string Requested(string requested) => Start($"\"name\":\"a\",\"requested\":{requested}");

    private static string Poll(string device, string verifier) => $$"""{"device_code":"{{device}}","verifier":"{{verifier}}"}""";
}
