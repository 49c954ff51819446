using System.Net;
using AgentGateway.Canon.SignIn;
using Npgsql;

namespace AgentGateway.Browser.Tests.Console;

/// <summary>Who reads what in the console, and that nobody writes anything through it.</summary>
public sealed class ConsoleAccessTests(ConsoleSite site) : IClassFixture<ConsoleSite>
{
    [Fact]
    public async Task Without_a_session_every_page_leads_to_a_sign_in_that_says_how()
    {
        foreach (var path in (string[])["/", "/calls", "/calls/1", "/agents", "/routes", "/explain", "/charts", "/integrity", "/nowhere"])
        {
            using var response = await site.GetAsync(path, cookie: null);
            Assert.Equal((HttpStatusCode.SeeOther, "/sign-in"), (response.StatusCode, response.Headers.Location?.OriginalString));
        }

        using var signIn = await site.GetAsync("/sign-in", cookie: null);
        Assert.Contains("Open the console from the Launcher", await signIn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owners_see_their_own_agents_and_calls_alone()
    {
        var olga = await site.SignInAsync(Role.Owner, Book.Olga);
        var pavel = await site.SignInAsync(Role.Owner, Book.Pavel);
        var calls = await TextAsync("/calls", olga);
        var agents = await TextAsync("/agents", olga);

        Assert.Contains("Olga&#x27;s laptop", calls, StringComparison.Ordinal);
        Assert.DoesNotContain("Pavel", calls, StringComparison.Ordinal);
        Assert.Contains("Olga&#x27;s laptop", agents, StringComparison.Ordinal);
        Assert.DoesNotContain("Pavel", agents, StringComparison.Ordinal);
        Assert.DoesNotContain("Olga&#x27;s laptop", await TextAsync($"/calls?agent={Book.OlgasAgent}", pavel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/agents/{Book.OlgasAgent}", pavel));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/agents/{Book.PavelsAgent}", pavel));
    }

    [Fact]
    public async Task An_event_of_another_owner_is_not_there()
    {
        var theirs = await SequenceAsync(Book.Pavel);
        var olga = await site.SignInAsync(Role.Owner, Book.Olga);

        await site.Book.ExecuteAsync(
            "INSERT INTO audit_events (id, kind, decision, owner_id) VALUES (gen_random_uuid(), 'lifecycle', 'entitled', @owner)",
            ("owner", Book.Pavel));
        var alone = await SequenceAsync(Book.Pavel);

        Assert.NotEqual(theirs, alone);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/calls/{alone}", olga));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"/calls/{theirs}", olga));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/calls/{theirs}", await site.SignInAsync(Role.Reviewer)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/calls/999999999", olga));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/calls/x", olga));
    }

    [Fact]
    public async Task Integrity_is_for_administrators_and_reviewers()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/integrity", await site.SignInAsync(Role.Owner)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/integrity", await site.SignInAsync(Role.Admin)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/integrity", await site.SignInAsync(Role.Reviewer)));
    }

    [Fact]
    public async Task An_owner_cannot_have_another_owners_agent_explained()
    {
        var cookie = await site.SignInAsync(Role.Owner, Book.Pavel);

        var foreign = await ExplainAsync(cookie, Book.OlgasAgent);
        var missing = await ExplainAsync(cookie, "ag_nobody0001");
        var own = await ExplainAsync(cookie, Book.PavelsAgent);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, foreign.Status);
        Assert.Contains("There is no such agent", foreign.Page, StringComparison.Ordinal);
        Assert.Contains("There is no such agent", missing.Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, own.Status);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("ag_x --tool get_card; touch /tmp/x")]
    [InlineData("$(id)")]
    [InlineData("@/etc/passwd")]
    public async Task Words_of_a_question_are_never_options_or_commands(string word)
    {
        var cookie = await site.SignInAsync(Role.Admin);

        var asAgent = await ExplainAsync(cookie, word);
        var asTool = await ExplainAsync(cookie, Book.OlgasAgent, tool: word);
        var asCard = await ExplainAsync(cookie, Book.OlgasAgent, card: word);
        var asArguments = await ExplainAsync(cookie, Book.OlgasAgent, arguments: word);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, asAgent.Status);
        Assert.Contains("unknown_tool", asTool.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("Usage:", asTool.Page + asCard.Page + asArguments.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", asArguments.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_consoles_role_reads_and_cannot_write()
    {
        await using var reader = NpgsqlDataSource.Create(site.Book.Reader);
        await using (var read = reader.CreateCommand("SELECT count(*) FROM audit_events"))
        {
            Assert.True(await read.ExecuteScalarAsync() is > 0L);
        }

        foreach (var statement in (string[])
            [
                "INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'refused', 'deny')",
                "UPDATE agents SET mode = 'full'", "DELETE FROM grants", "INSERT INTO entitlements DEFAULT VALUES", "SELECT digest FROM tokens",
            ])
        {
            await using var write = reader.CreateCommand(statement);
            var refused = await Assert.ThrowsAsync<PostgresException>(write.ExecuteNonQueryAsync);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private async Task<(HttpStatusCode Status, string Page)> ExplainAsync(
        string cookie, string agent, string tool = "get_card", string? card = null, string? arguments = null)
    {
        var page = await TextAsync("/explain", cookie);
        var csrf = page[(page.IndexOf("name=\"csrf\" value=\"", StringComparison.Ordinal) + 19)..].Split('"')[0];
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(site.Address, "/explain"))
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["csrf"] = csrf,
                ["agent"] = agent,
                ["tool"] = tool,
                ["card"] = card ?? "",
                ["arguments"] = arguments ?? "",
            }),
        };
        request.Headers.Add("Cookie", cookie);
        using var response = await site.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<long> SequenceAsync(string owner)
    {
        await using var reader = NpgsqlDataSource.Create(site.Book.Reader);
        await using var command = reader.CreateCommand("SELECT max(sequence) FROM audit_events WHERE owner_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    private async Task<string> TextAsync(string path, string cookie)
    {
        using var response = await site.GetAsync(path, cookie);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string cookie)
    {
        using var response = await site.GetAsync(path, cookie);
        return response.StatusCode;
    }
}
