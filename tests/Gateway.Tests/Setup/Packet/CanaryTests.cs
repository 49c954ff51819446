using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Tests.Commands.Doctor;
using AgentGateway.Gateway.Tests.Ledger;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>The real program at its most talkative, used in every way an owner and an agent use it: no secret comes out.</summary>
public sealed class CanaryTests
{
    [Fact]
    public async Task No_secret_is_in_a_packet_an_answer_a_log_a_command_line_or_a_row()
    {
        await using var world = await DoctorWorld.StartAsync();
        using var file = new TokenFile(world.Ledger.Token.Token);
        var canaries = Of(world);
        var outputs = new List<(string Where, string Text)>();
        await world.ServeAsync();

        var issued = await OwnerAsync(world, outputs, canaries);
        await AgentAsync(world, outputs, [world.Ledger.Token.Token, .. issued]);
        await WrongAsync(world, outputs);
        foreach (var options in (string[][])[[], ["--json"], ["--agent-token-file", file.Path]])
        {
            var running = world.DoctorAsync(options);
            while (!running.IsCompleted)
            {
                outputs.Add(("ps", CommandLines()));
                await Task.WhenAny(running, Task.Delay(200));
            }

            var doctor = await running;
            outputs.Add(($"doctor {string.Join(' ', options)}", doctor.Output + doctor.Errors));
        }

        outputs.Add(("log", world.Log));
        outputs.Add(("rows", await RowsAsync(world)));

        Assert.True(canaries.Count >= 8);
        Assert.Contains("\"@m\"", world.Log, StringComparison.Ordinal);
        Assert.Contains(outputs, output => output.Where == "ps" && output.Text.Contains("gateway.dll\0doctor", StringComparison.Ordinal));
        Assert.Contains(outputs, output => output.Where == "rows" && output.Text.Contains("setup_packet_made", StringComparison.Ordinal));
        var leaks = outputs.SelectMany(output => canaries.Find(output.Where, output.Text)).Distinct().ToList();
        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
    }

    [Fact]
    public void A_leak_is_found_in_every_form()
    {
        var canaries = new Canaries();
        canaries.Add("secret", DoctorWorld.Secret());

        Assert.Equal(8, canaries.Forms.Count());
        Assert.All(canaries.Forms, form => Assert.NotEmpty(canaries.Find("log", $"x{form}y")));
        Assert.Empty(canaries.Find("log", "nothing to see"));
    }

    private static Canaries Of(DoctorWorld world)
    {
        var canaries = new Canaries();
        canaries.Add("agent token", world.Ledger.Token.Token);
        canaries.Add("pepper", LedgerWorld.Pepper);
        var backends = world.Settings["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"].Split(',');
        canaries.Add("internal token", backends[0]);
        canaries.Add("next internal token", backends[1]);
        canaries.Add("key secret", world.Settings["NODEDC_AGENT_GATEWAY_KEY_SECRET"]);
        canaries.Add("serving password", Password(world.Settings["NODEDC_AGENT_GATEWAY_DATABASE"]));
        canaries.Add("owner password", Password(world.Settings["NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE"]));
        canaries.Add("tasker token", world.Settings["NODEDC_TASKER_INTERNAL_TOKEN"]);
        canaries.Add("assertion key", world.Settings["NODEDC_TASKER_ASSERTION_KEY"]);
        return canaries;
    }

    // The lifecycle as owners use it. A fresh secret is in its own answer, once, and nowhere else.
    private static async Task<IReadOnlyList<string>> OwnerAsync(
        DoctorWorld world, List<(string Where, string Text)> outputs, Canaries canaries)
    {
        var agent = $"/owners/u-anna/agents/{world.Ledger.Agent.Id}";
        async Task<string> AskAsync(string method, string path, string? body = null, bool shown = false)
        {
            var answer = await SendAsync(
                world.Backends, method, "/api/internal/v1" + path, world.Settings["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"].Split(',')[0], body);
            if (!shown)
            {
                outputs.Add(($"{method} {path}", answer));
            }

            return answer;
        }

        var issued = JsonNode.Parse((await AskAsync("POST", agent + "/tokens", """{"label":"second"}""", shown: true)).Split("\n\n")[1])!;
        canaries.Add("issued token", (string)issued["token"]!);
        await AskAsync("POST", $"{agent}/tokens/{(string)issued["token_id"]!}/revoke", """{"drain_seconds":0}""");
        var rotated = JsonNode.Parse((await AskAsync(
            "POST", $"{agent}/tokens/{world.Ledger.Token.Id}/rotate", """{"overlap_seconds":600}""", shown: true)).Split("\n\n")[1])!;
        canaries.Add("rotated token", (string)rotated["token"]!);
        foreach (var (method, path, body) in new (string, string, string?)[]
        {
            ("GET", "", null), ("GET", "/tokens", null), ("PATCH", "", """{"mode":"read_only"}"""), ("PATCH", "", """{"mode":"full"}"""),
            ("POST", "/setup-packet", """{"approve_tools":["create_card"]}"""), ("POST", "/setup-packet", """{"approve_tools":["x"]}"""),
            ("POST", "/suspend", """{"reason":"test","drain_seconds":0}"""), ("POST", "/setup-packet", "{}"), ("POST", "/resume", "{}"),
            ("PUT", "/grants/NDC", """{"bundle":"observer"}"""), ("GET", "/activity", null), ("GET", "/access-review", null),
            ("POST", "/tokens", """{"label":""}"""), ("POST", "/setup-packet", "[broken"),
        })
        {
            await AskAsync(method, agent + path, body);
        }

        return [(string)issued["token"]!, (string)rotated["token"]!];
    }

    private static async Task AgentAsync(DoctorWorld world, List<(string Where, string Text)> outputs, IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
        {
            var packet = await SendAsync(world.Agents, "GET", SetupRoutes.Session, token, null);
            outputs.Add(("setup", packet));
            if (JsonNode.Parse(packet.Split("\n\n")[1])!["agents_md"] is { } text)
            {
                outputs.Add(("AGENTS.md", (string)text!));
            }

            outputs.Add(("mcp", await SendAsync(world.Agents, "POST", "/mcp", token,
                """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_projects","arguments":{}}}""")));
        }
    }

    // The right secret at the wrong door, and where no secret belongs.
    private static async Task WrongAsync(DoctorWorld world, List<(string Where, string Text)> outputs)
    {
        var backend = world.Settings["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"].Split(',')[1];
        var token = world.Ledger.Token.Token;
        outputs.Add(("internal token as agent", await SendAsync(world.Agents, "GET", SetupRoutes.Session, backend, null)));
        outputs.Add(("agent token as backend", await SendAsync(world.Backends, "GET", "/api/internal/v1/owners/u-anna/agents", token, null)));
        outputs.Add(("token in the query", await SendAsync(world.Agents, "GET", $"{SetupRoutes.Session}?token={token}", token, null)));
        outputs.Add(("token in the path", await SendAsync(world.Agents, "GET", $"/{token}", token, null)));
        outputs.Add(("token in a body", await SendAsync(
            world.Backends, "POST", $"/api/internal/v1/owners/u-anna/agents/{world.Ledger.Agent.Id}/setup-packet", backend,
            $$"""{"approve_tools":["{{token}}"]}""")));
    }

    private static async Task<string> SendAsync(Uri root, string method, string path, string token, string? body)
    {
        using var client = new HttpClient { BaseAddress = root };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("X-NodeDC-Actor", "u-anna");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        return $"{answer.StatusCode}\n{answer.Headers}\n\n{await answer.Content.ReadAsStringAsync()}".Replace("\r", "", StringComparison.Ordinal)
            .Replace("\n\n\n", "\n\n", StringComparison.Ordinal);
    }

    private static string CommandLines() => string.Concat(Directory.EnumerateDirectories("/proc")
        .Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
        .Select(folder => Path.Combine(folder, "cmdline"))
        .Select(Read));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task<string> RowsAsync(DoctorWorld world)
    {
        var rows = new StringBuilder();
        await using var connection = await world.Ledger.Database.OpenConnectionAsync();
        foreach (var table in await Dapper.SqlMapper.QueryAsync<string>(
            connection, "SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"))
        {
            rows.AppendJoin('\n', await Dapper.SqlMapper.QueryAsync<string>(connection, $"SELECT row::text FROM {table} AS row"));
        }

        return rows.ToString();
    }

    private static string Password(string connection) => new NpgsqlConnectionStringBuilder(connection).Password!;
}
