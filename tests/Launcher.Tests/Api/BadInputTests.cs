using System.Net.Http.Headers;
using System.Text;
using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Api;

/// <summary>Bad input gets a stable code, changes nothing and is never a failure of the Launcher's.</summary>
public sealed class BadInputTests(SharedWorld shared) : IClassFixture<SharedWorld>
{
    private World Launcher => shared.World;

    public static TheoryData<string, string, string, int> Bodies()
    {
        var module = "PUT " + World.ModulePath(World.Person);
        var block = $"POST /api/v1/users/{World.Person}/block";
        var member = $"PUT /api/v1/clients/acme/members/{World.Person}";
        var @long = new string('x', 501);
        var cases = new TheoryData<string, string, string, int>();
        foreach (var route in (string[])[module, block, member, "POST /api/v1/users", "POST /api/v1/clients"])
        {
            cases.Add(route, "", "malformed_request", 400);
            cases.Add(route, "{", "malformed_request", 400);
            cases.Add(route, "[]", "malformed_request", 400);
            cases.Add(route, "null", "malformed_request", 400);
            cases.Add(route, "{\"reason\":\"a\",\"reason\":\"b\"}", "malformed_request", 400);
            cases.Add(route, "{\"a\":{\"b\":{\"c\":{\"d\":1}}}}", "malformed_request", 400);
            cases.Add(route, "{\"reason\":\"\u00ff", "malformed_request", 400);
            cases.Add(route, "{}", "validation_failed", 422);
            cases.Add(route, "{\"surprise\":1}", "validation_failed", 422);
            cases.Add(route, "{\"\\ud800\":1}", "malformed_request", 400);
            cases.Add(route, "{\"reason\":\"" + new string('x', 20_000) + "\"}", "malformed_request", 413);
        }

        foreach (var body in (string[])
            ["""{"enabled":"true","reason":""}""", """{"enabled":1,"reason":""}""", """{"enabled":null,"reason":""}""",
             """{"enabled":true}""", """{"reason":"x"}""", """{"enabled":false,"reason":""}""", """{"enabled":false,"reason":"  "}""",
             """{"enabled":true,"reason":7}""", """{"enabled":true,"reason":null}""", """{"enabled":true,"reason":"a\u0000b"}""",
             """{"enabled":true,"reason":"a\nb"}""", """{"enabled":true,"reason":"\ud800"}""",
             """{"enabled":true,"reason":"x","version":9}""", $$"""{"enabled":true,"reason":"{{@long}}"}"""])
        {
            cases.Add(module, body, "validation_failed", 422);
        }

        cases.Add(block, """{"reason":""}""", "validation_failed", 422);
        cases.Add(block, $$"""{"reason":"{{@long}}"}""", "validation_failed", 422);
        cases.Add(member, """{"role":"emperor"}""", "validation_failed", 422);
        cases.Add("POST /api/v1/clients", """{"id":"Bad Id","name":"x"}""", "validation_failed", 422);
        cases.Add("POST /api/v1/clients", """{"id":"a/../b","name":"x"}""", "validation_failed", 422);
        cases.Add("POST /api/v1/clients", """{"id":"fine\n","name":""}""", "validation_failed", 422);
        cases.Add("POST /api/v1/clients", """{"id":"acme","name":"Again"}""", "client_exists", 409);
        cases.Add("POST /api/v1/users", """{"email":"nobody","display_name":"x"}""", "validation_failed", 422);
        cases.Add("POST /api/v1/users", """{"id":"7","email":"a@b","display_name":"x"}""", "validation_failed", 422);
        cases.Add("POST /api/v1/users", """{"email":"PERSON@acme.example","display_name":"x"}""", "user_exists", 409);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_is_refused_and_changes_nothing(string route, string body, string code, int status)
    {
        var parts = route.Split(' ');
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        var answer = await Launcher.SendAsync(new HttpMethod(parts[0]), parts[1], World.Operator, raw: content);

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.Equal(0, await Launcher.ScalarAsync<long>("SELECT count(*) FROM audit"));
    }

    [Theory]
    [InlineData("/api/internal/access-check?module=codex_agents", 422)]
    [InlineData("/api/internal/access-check?user=u-anna&module=codex_agents", 422)]
    [InlineData("/api/internal/access-check?user=0a1a2a3a-0000-4000-8000-00000000a001", 422)]
    [InlineData("/api/internal/access-check?user=0a1a2a3a-0000-4000-8000-00000000a001&module=tasker", 422)]
    [InlineData("/api/internal/access-check?user=0a1a2a3a-0000-4000-8000-00000000a001&module=codex_agents&x=1", 422)]
    [InlineData("/api/internal/access-check?user=a&user=b&module=codex_agents", 422)]
    [InlineData("/api/v1/audit?cursor=-1", 422)]
    [InlineData("/api/v1/audit?cursor=99999999999999999999", 422)]
    [InlineData("/api/v1/audit?limit=0", 422)]
    [InlineData("/api/v1/audit?limit=201", 422)]
    [InlineData("/api/v1/audit?user=x", 422)]
    [InlineData("/api/v1/audit?client=%00", 422)]
    [InlineData("/api/v1/audit?client=", 422)]
    [InlineData("/api/v1/outbox?state=lost", 422)]
    [InlineData("/api/v1/users?cursor=5", 422)]
    [InlineData("/api/v1/users/5", 404)]
    [InlineData("/api/v1/clients/no-such/contours", 404)]
    [InlineData("/api/v1/clients/no-such/members", 404)]
    [InlineData("/api/v1/clients/acme/users/0a1a2a3a-0000-4000-8000-00000000a001/modules/codex_agents", 404)]
    [InlineData("/api/v1/clients/acme/users/x/modules/codex_agents", 404)]
    [InlineData("/api/v1/clients/acme/users/x/modules/tasker", 404)]
    public async Task A_bad_address_is_refused(string path, int status)
    {
        var token = path.StartsWith("/api/internal", StringComparison.Ordinal) ? World.InternalToken : World.ApiToken;

        var answer = await Launcher.SendAsync(HttpMethod.Get, path, World.Operator, token: token);

        Assert.Equal(status, answer.Status);
        Assert.NotNull(answer.Code);
    }

    [Fact]
    public async Task A_body_of_another_kind_is_refused()
    {
        using var form = new StringContent("enabled=true", Encoding.UTF8, "application/x-www-form-urlencoded");

        var answer = await Launcher.SendAsync(HttpMethod.Put, World.ModulePath(World.Person), World.Root, raw: form);

        Assert.Equal((415, "unsupported_media_type"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_person_who_does_not_belong_to_the_client_cannot_be_entitled_in_it()
    {
        var answer = await Launcher.SwitchAsync(World.Stranger, enabled: true, "on", World.Operator);

        Assert.Equal((404, "user_not_found"), (answer.Status, answer.Code));
    }
}
