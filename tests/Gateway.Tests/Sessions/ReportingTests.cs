using System.Text.Json.Nodes;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Reporting;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Rest;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>What the gateway reports of its agents: by traffic first, by the database's clock, the same as the ledger says.</summary>
public sealed class ReportingTests
{
    [Fact]
    public async Task An_agent_goes_from_never_through_connected_and_stale_to_idle_as_time_and_its_calls_say()
    {
        await using var world = await SessionWorld.StartAsync();
        var (agent, token) = await world.AddAgentAsync();
        var states = new List<string>();
        async Task LookAsync(int minutes) => states.Add((await StateAsync(world, agent.Id, minutes))!);

        await LookAsync(0);
        await world.ResultAsync("whoami", "{}", token);
        await LookAsync(0);
        await LookAsync(3);
        await world.StartWorkAsync(token: token);
        await LookAsync(1);
        await LookAsync(29);
        await LookAsync(31);
        await world.ReportAsync(token: token);
        await LookAsync(3);
        await LookAsync(31);
        await world.FinishAsync(token: token);
        await LookAsync(31);

        Assert.Equal(["never", "connected", "idle", "connected", "idle", "stale", "idle", "stale", "idle"], states);
    }

    [Fact]
    public async Task Who_calls_is_connected_however_old_its_report_is()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.StartWorkAsync();
        await world.LetPassAsync(TimeSpan.FromHours(3));

        var before = await AgentsAsync(world, "?state=connected");
        var sessions = await ReadAsync(world, "/reporting/sessions?state=stale");

        Assert.Equal("stale", (string?)before["agents"]![0]!["open_sessions"]![0]!["state"]);
        Assert.Equal("NDC-1", (string?)sessions["sessions"]![0]!["card"]);
    }

    [Fact]
    public async Task A_client_that_never_reports_and_only_lists_its_tools_is_seen_all_the_same()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.Flow.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        await world.Flow.Services.GetRequiredService<TokenUse>().FlushAsync(CancellationToken.None);

        var agent = Assert.Single((await AgentsAsync(world, "?state=connected"))["agents"]!.AsArray());

        Assert.Null(agent!["last_call_at"]);
        Assert.NotNull(agent["last_activity_at"]);
    }

    [Fact]
    public async Task Refused_calls_are_traffic_too()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.ResultAsync("create_card", """{"project":"SEC","title":"x"}""");

        var agent = (await AgentsAsync(world))["agents"]!.AsArray().Single(one => (string?)one!["name"] != "laptop");

        Assert.Equal(("connected", "create_card"), ((string?)agent!["state"], (string?)agent["last_tool"]));
    }

    [Fact]
    public async Task The_numbers_are_those_of_the_ledger()
    {
        await using var world = await SessionWorld.StartAsync();
        for (var n = 0; n < 12; n++)
        {
            var (_, token) = await world.AddAgentAsync(owner: $"u-{n}");
            for (var calls = n % 4; calls > 0; calls--)
            {
                await (((n + calls) % 3) switch
                {
                    0 => world.StartWorkAsync($"NDC-{n + 1}", token: token),
                    1 => world.ReportAsync(token: token),
                    _ => world.ResultAsync("get_card", """{"card":"SEC-1"}""", token),
                });
            }
        }

        foreach (var minutes in (int[])[0, 1, 3, 45])
        {
            var reported = await Table(world, minutes).AgentsAsync(null, null, null, CancellationToken.None);
            var (counts, last) = await CountedAgainAsync(world, reported.AsOf);

            Assert.Equal(counts, reported.Counts);
            Assert.Equal(
                last.OrderBy(one => one.Key, StringComparer.Ordinal),
                reported.Agents.Where(agent => agent.LastCallAt is not null)
                    .Select(agent => KeyValuePair.Create(agent.Id, agent.LastCallAt!.Value)).OrderBy(one => one.Key, StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_and_filters_narrow_them()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.Ledger.ExecuteAsync(
            """
            INSERT INTO agents (id, name, owner_id, owner_name, workspace, mode)
            SELECT 'ag_' || lpad(n::text, 22, '0'), 'n', 'u-n', 'N', 'elsewhere', 'full' FROM generate_series(1, 150) AS n
            """);

        var first = await AgentsAsync(world, "?workspace=elsewhere");
        var second = await AgentsAsync(world, $"?workspace=elsewhere&cursor={first["next_cursor"]}");

        Assert.Equal((100, 50), (first["agents"]!.AsArray().Count, second["agents"]!.AsArray().Count));
        Assert.Equal((150, 150), ((int)first["counts"]!["never"]!, (int)second["counts"]!["never"]!));
        Assert.Equal(150, first["agents"]!.AsArray().Concat(second["agents"]!.AsArray()).Select(one => (string?)one!["id"]).Distinct().Count());
        Assert.Null(second["next_cursor"]);
        Assert.Empty((await AgentsAsync(world, "?workspace=nowhere"))["agents"]!.AsArray());
    }

    [Theory]
    [InlineData("/reporting/agents?state=asleep")]
    [InlineData("/reporting/agents?workspace=a.b")]
    [InlineData("/reporting/agents?workspace=a&workspace=b")]
    [InlineData("/reporting/sessions?state=connected")]
    [InlineData("/reporting/sessions?cursor=7")]
    [InlineData("/reporting/sessions?agent=")]
    public async Task A_question_that_makes_no_sense_is_refused(string question)
    {
        await using var world = await SessionWorld.StartAsync();

        var answer = await world.Flow.AskAsync("GET", "/api/internal/v1" + question, headers: ("Authorization", "Bearer " + FlowWorld.OwnersToken));

        Assert.Equal((422, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Ended_sessions_say_why_and_what_came_of_them()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.StartWorkAsync(more: ""","plan":["One","Two"]""");
        await world.ReportAsync(more: ""","done_steps":[2],"status":"testing" """);
        await world.FinishAsync();

        var open = await ReadAsync(world, "/reporting/sessions");
        var ended = (await ReadAsync(world, "/reporting/sessions?state=ended"))["sessions"]![0]!;

        Assert.Empty(open["sessions"]!.AsArray());
        Assert.Equal(("finished", "completed", "testing", 1), (
            (string?)ended["ended_because"], (string?)ended["outcome"], (string?)ended["status"], (int)ended["reports"]!));
        Assert.Equal("""[{"text":"One","done":false},{"text":"Two","done":true}]""", ended["plan"]!.ToJsonString());
    }

    // The same question, asked of the rows one by one and answered without the table's own words.
    private static async Task<(StateCounts Counts, Dictionary<string, DateTime> Last)> CountedAgainAsync(SessionWorld world, DateTime asOf)
    {
        await using var connection = new NpgsqlConnection(world.Ledger.ConnectionString);
        var events = (await connection.QueryAsync<(string Agent, string Kind, DateTime At)>(
            "SELECT agent_id, kind, at FROM audit_events WHERE agent_id IS NOT NULL")).AsList();
        var agents = await connection.QueryAsync<(string Id, DateTime? Seen)>("SELECT id, last_seen_at FROM agents");
        var stale = (await connection.QueryAsync<(string Agent, DateTime Reported)>(
                "SELECT agent_id, reported_at FROM work_sessions WHERE ended_at IS NULL AND started_at IS NOT NULL"))
            .Where(one => asOf - one.Reported >= TimeSpan.FromMinutes(30)).Select(one => one.Agent).ToHashSet(StringComparer.Ordinal);
        var last = events.Where(one => one.Kind is "admitted" or "replayed" or "refused")
            .GroupBy(one => one.Agent).ToDictionary(group => group.Key, group => group.Max(one => one.At));
        var states = agents.Select(agent => (Call: last.TryGetValue(agent.Id, out var at) ? at : (DateTime?)null, agent.Seen, agent.Id))
            .Select(one => (new[] { one.Call, one.Seen }.Max(), one.Id))
            .Select(one => one.Item1 is { } at && asOf - at < TimeSpan.FromMinutes(2) ? "connected"
                : stale.Contains(one.Id) ? "stale" : one.Item1 is null ? "never" : "idle").ToLookup(state => state);
        return (new StateCounts(
            states["connected"].Count(), states["idle"].Count(), states["stale"].Count(), states["never"].Count()), last);
    }

    private static ReportingTable Table(SessionWorld world, int minutes) => new(
        world.Ledger.Database, world.Flow.Services.GetRequiredService<Settings>().Sessions)
    { Ahead = TimeSpan.FromMinutes(minutes) };

    private static async Task<string?> StateAsync(SessionWorld world, string agent, int minutes) =>
        (await Table(world, minutes).AgentsAsync(null, null, null, CancellationToken.None)).Agents.Single(one => one.Id == agent).State;

    private static Task<JsonNode> AgentsAsync(SessionWorld world, string query = "") => ReadAsync(world, "/reporting/agents" + query);

    private static async Task<JsonNode> ReadAsync(SessionWorld world, string path)
    {
        var answer = await world.Flow.AskAsync("GET", "/api/internal/v1" + path, headers: ("Authorization", "Bearer " + FlowWorld.OwnersToken));
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }
}
