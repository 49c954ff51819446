using System.Text.Json.Nodes;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>The whole gateway before a Tasker of session comments; its agent may do all that contributors may.</summary>
internal sealed class SessionWorld(SessionTasker tasker, FlowWorld flow) : IAsyncDisposable
{
    public SessionTasker Tasker => tasker;

    public FlowWorld Flow => flow;

    public LedgerWorld Ledger => flow.Ledger;

    public SessionRound Round => flow.Services.GetRequiredService<SessionRound>();

    public static async Task<SessionWorld> StartAsync(LedgerWorld? ledger = null, Action<IServiceCollection>? replace = null)
    {
        var tasker = await SessionTasker.StartAsync();
        return new SessionWorld(tasker, await FlowWorld.StartAsync(ledger, taskerAddress: tasker.Address, replace: replace));
    }

    public Task<JsonNode> StartWorkAsync(string card = "NDC-1", string more = "", string? token = null) =>
        ResultAsync("start_work_session", $$"""{"card":"{{card}}","goal":"Do it"{{more}}}""", token);

    public Task<JsonNode> ReportAsync(string progress = "Half of it", string more = "", string? token = null) =>
        ResultAsync("update_active_card", $$"""{"progress":"{{progress}}"{{more}}}""", token);

    public Task<JsonNode> FinishAsync(string more = "", string? token = null) =>
        ResultAsync("finish_work_session", $$"""{"outcome":"completed","summary":"All of it"{{more}}}""", token);

    public async Task<JsonNode> ResultAsync(string tool, string arguments, string? token = null) =>
        (await flow.CallAsync(tool, arguments, token))["result"]!["structuredContent"]!;

    public async Task<(Agent Agent, string Token)> AddAgentAsync(
        AgentMode mode = AgentMode.Full, string owner = "u-boris", string bundle = "contributor")
    {
        var agent = await Ledger.Book.CreateAsync(
            new NewAgent
            {
                Name = "desktop",
                OwnerId = owner,
                OwnerName = "Boris",
                Workspace = "nodedc",
                Mode = mode,
                Grants = [new NewGrant(new ResolvedProject(FlowWorld.Ndc, "NDC", "Node", ["OLD"]), Bundles.ByName[bundle], bundle)],
            },
            "test",
            CancellationToken.None);
        var token = await Ledger.Book.IssueTokenAsync(agent.Id, "test", TimeSpan.FromDays(1), "test", CancellationToken.None);
        return (agent, token!.Token);
    }

    /// <summary>As if so much time had passed for every session: the database's clock is the only one that counts.</summary>
    public Task LetPassAsync(TimeSpan time) => Ledger.ExecuteAsync(FormattableString.Invariant(
        $"""
        UPDATE work_sessions SET created_at = created_at - interval '{time.TotalSeconds} s', started_at = started_at - interval '{time.TotalSeconds} s',
            reported_at = reported_at - interval '{time.TotalSeconds} s', ended_at = ended_at - interval '{time.TotalSeconds} s',
            tell_at = tell_at - interval '{time.TotalSeconds} s';
        UPDATE work_session_changes SET noted_at = noted_at - interval '{time.TotalSeconds} s';
        """));

    public Task<T?> ValueAsync<T>(string sql) => Ledger.ValueAsync<T>(sql);

    public Task<long> OpenAsync() => ValueAsync<long>("SELECT count(*) FROM work_sessions WHERE started_at IS NOT NULL AND ended_at IS NULL");

    public Task<long> NotedAsync() => ValueAsync<long>("SELECT count(*) FROM work_session_changes");

    public async ValueTask DisposeAsync()
    {
        await flow.DisposeAsync();
        await tasker.DisposeAsync();
    }
}
