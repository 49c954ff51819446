using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>The chapter on rotation as an operator does it: three replicas behind nginx under load, every secret replaced.</summary>
public sealed class RotationTrialTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int AgentCount = 4;

    private readonly TemporaryFolder _folder = new("trial");
    private readonly TrialLoad _load = new();
    private readonly List<TrialAgent> _agents = [];
    private Fleet? _fleet;
    private TrialDoors? _doors;
    private FleetSettings? _settings;

    private Fleet Running => _fleet ?? throw new InvalidOperationException("The fleet has not started.");

    private TrialDoors Doors => _doors ?? throw new InvalidOperationException("The fleet has not started.");

    private SecretFolder Secrets => _settings?.Secrets ?? throw new InvalidOperationException("The fleet has not started.");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _load.StopAsync();
        await (_fleet?.DisposeAsync() ?? default);
    }

    public void Dispose()
    {
        _doors?.Dispose();
        _folder.Dispose();
    }

    [SkippableFact]
    public async Task Every_secret_is_rotated_under_load_and_no_call_fails()
    {
        Skip.IfNot(
            Environment.GetEnvironmentVariable("AGENT_GATEWAY_FULL") == "1",
            "NOT TESTED: the trial of all rotations takes two minutes; AGENT_GATEWAY_FULL=1 runs it.");
        await StartAsync(Ingress.RequireProgram());
        try
        {
            await RunAsync("the gateway's door", RotateGatewaysDoorAsync);
            await RunAsync("Tasker's door", RotateTaskersDoorAsync);
            await RunAsync("the Launcher's door", RotateLaunchersDoorAsync);
            await RunAsync("the Launcher's API", RotateLaunchersApiAsync);
            await RunAsync("agents' tokens", RotateAgentsTokensAsync);
            await RunAsync("the pepper", RotatePepperAsync);
        }
        catch (Exception)
        {
            output.WriteLine(string.Join('\n', _load.Failures.Take(5)));
            output.WriteLine(Running.Log[^Math.Min(20_000, Running.Log.Length)..]);
            throw;
        }

        await _load.StopAsync();
        output.WriteLine($"{_load.Done} calls, {_load.Failures.Count} failed: {_load.Counts}");
        Assert.Equal([], _load.Failures);
        Assert.InRange(_load.Done, 500, int.MaxValue);
    }

    [SkippableFact]
    public async Task A_token_swapped_at_once_fails_calls_and_the_trial_sees_it()
    {
        await StartAsync(Ingress.RequireProgram());
        // A call that fails while the programs are still cold does not fail by the swap.
        var before = _load.Failures.Count;
        Secrets.Put(FleetSettings.InternalToken, SecretFolder.Fresh());
        await Eventually.TrueAsync(async () => await Doors.ReplicasThatKnowAsync(Secrets[FleetSettings.InternalToken]) == Fleet.Replicas);
        await _load.TurnOverAsync();

        output.WriteLine(string.Join('\n', _load.Failures));
        var failures = _load.Failures.Skip(before).ToList();
        Assert.NotEmpty(failures);
        Assert.All(failures, failure => Assert.StartsWith("backend's questions: 401", failure, StringComparison.Ordinal));
    }

    private async Task StartAsync(string nginx)
    {
        _settings = await FleetSettings.NewAsync(_folder);
        _fleet = await Fleet.StartAsync(nginx, _folder.Make("nginx"), _settings);
        _doors = new TrialDoors(_fleet);
        await Doors.WarmAsync(Secrets[FleetSettings.BackendToken]);
        for (var number = 0; number < AgentCount; number++)
        {
            var agent = await Doors.CreateAgentAsync($"trial-{number}", Secrets[FleetSettings.BackendToken]);
            _agents.Add(agent);
            _load.Add("reads", () => Doors.CallAsync(agent.Token, "get_card", """{"card":"NDC-1"}"""));
            _load.Add("writes", () => Doors.CommentAsync(agent));
        }

        _load.Add("backend's questions", () => Doors.ListAgentsAsync(Secrets[FleetSettings.BackendToken]));
        _load.Add("access checks", () => Doors.CheckAccessAsync(Secrets[FleetSettings.LauncherPresented]));
        _load.Add("administrator's questions", () => Doors.ListClientsAsync(Secrets[FleetSettings.LauncherApi]));
        await _load.TurnOverAsync();
    }

    private async Task RunAsync(string what, Func<Task> rotation)
    {
        var (done, failed) = (_load.Done, _load.Failures.Count);
        await rotation();
        await _load.TurnOverAsync();
        output.WriteLine($"{what}: {_load.Done - done} calls, {_load.Failures.Count - failed} failed");
    }

    private async Task RotateGatewaysDoorAsync()
    {
        var (old, fresh) = (Secrets[FleetSettings.InternalToken], SecretFolder.Fresh());
        Secrets.Put(FleetSettings.InternalToken, fresh, old);
        await Running.ReadAnewAsync("NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN", 2);
        Secrets.Put(FleetSettings.BackendToken, fresh);
        await _load.TurnOverAsync();
        Secrets.Put(FleetSettings.InternalToken, fresh);
        await Running.ReadAnewAsync("NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN", 1);

        Assert.Equal(0, await Doors.ReplicasThatKnowAsync(old));
    }

    private async Task RotateTaskersDoorAsync()
    {
        var (old, fresh) = (Secrets[FleetSettings.TaskerAccepts], SecretFolder.Fresh());
        Secrets.Put(FleetSettings.TaskerAccepts, fresh, old);
        await Eventually.TrueAsync(() => Doors.TaskerKnowsAsync(fresh));
        Secrets.Put(FleetSettings.TaskerPresented, fresh);
        await Running.ReadAnewAsync("NODEDC_TASKER_INTERNAL_TOKEN", 1);
        await _load.TurnOverAsync();
        Secrets.Put(FleetSettings.TaskerAccepts, fresh);
        await Eventually.TrueAsync(async () => !await Doors.TaskerKnowsAsync(old));
    }

    private async Task RotateLaunchersDoorAsync()
    {
        var (old, fresh) = (Secrets[FleetSettings.LauncherAccepts], SecretFolder.Fresh());
        Secrets.Put(FleetSettings.LauncherAccepts, fresh, old);
        await Eventually.TrueAsync(async () => await Doors.CheckAccessAsync(fresh) is null);
        Secrets.Put(FleetSettings.LauncherPresented, fresh);
        await Running.ReadAnewAsync("NODEDC_LAUNCHER_API_TOKEN", 1);
        await _load.TurnOverAsync();
        Secrets.Put(FleetSettings.LauncherAccepts, fresh);
        await Eventually.TrueAsync(async () => await Doors.CheckAccessAsync(old) is not null);

        // The gateways' own questions go on being answered.
        var now = await ValueAsync<DateTime>("SELECT clock_timestamp()");
        await Eventually.TrueAsync(async () => await ValueAsync<DateTime>("SELECT max(answered_at) FROM entitlement_checks") > now);
    }

    private async Task RotateLaunchersApiAsync()
    {
        var (old, fresh) = (Secrets[FleetSettings.LauncherApi], SecretFolder.Fresh());
        Secrets.Put(FleetSettings.LauncherApi, old, fresh);
        await Eventually.TrueAsync(async () => await Doors.ListClientsAsync(fresh) is null);
        Secrets.Put(FleetSettings.LauncherApi, fresh, old);
        await _load.TurnOverAsync();
        Secrets.Put(FleetSettings.LauncherApi, fresh);
        await Eventually.TrueAsync(async () => await Doors.ListClientsAsync(old) is not null);
    }

    private async Task RotateAgentsTokensAsync()
    {
        var backend = Secrets[FleetSettings.BackendToken];
        var before = new List<(TrialAgent Agent, string Token, string Id)>();
        foreach (var agent in _agents)
        {
            var (token, id) = await Doors.IssueAsync(agent, backend);
            before.Add((agent, token, id));
        }

        await _load.TurnOverAsync();
        foreach (var (agent, token, id) in before)
        {
            await Doors.RevokeAsync(agent, id, backend);
            Assert.Contains("\"unauthenticated\"", await Doors.CallAsync(token, "whoami", "{}") ?? "", StringComparison.Ordinal);
        }
    }

    private async Task RotatePepperAsync()
    {
        var (old, fresh) = (Secrets[FleetSettings.Pepper], SecretFolder.Fresh());
        Secrets.Put(FleetSettings.Pepper, old, fresh);
        await Running.RestartOneByOneAsync();
        Secrets.Put(FleetSettings.Pepper, fresh, old);
        await Running.RestartOneByOneAsync();
        await Eventually.TrueAsync(async () => await ValueAsync<long>(
            "SELECT count(DISTINCT pepper_version) FROM tokens WHERE revoked_at IS NULL") == 1);
        Secrets.Put(FleetSettings.Pepper, fresh);
        await Running.RestartOneByOneAsync();
    }

    private async Task<T> ValueAsync<T>(string query)
    {
        await using var command = Running.Data.CreateCommand(query);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
