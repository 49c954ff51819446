using System.Collections.Concurrent;
using AgentGateway.Security.Tests.Rig;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>What the agent does after its call went wrong.</summary>
internal enum Retry
{
    None,
    OnAnotherReplica,
    AfterRestart,
    WithAnotherPayload,
}

/// <summary>One run: a fault at a frame, under an operation, and what the agent does then.</summary>
internal sealed record Plan(Fault Fault, int Point, Operation Operation, Retry Retry);

/// <summary>Carries plans out, some at a time; each run's agents share one victim, and every intent is brought to its end.</summary>
internal sealed class Campaign(FaultWorld world)
{
    private const int CallersPerRun = 4;
    private const int DuplicateCalls = 8;
    private const int RunsPerLine = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private static readonly Operation[] Operations = Enum.GetValues<Operation>();

    private readonly ConcurrentDictionary<string, (int Runs, int Happened)> _runs = new(StringComparer.Ordinal);
    private readonly List<(Victim Victim, Task Calls)> _frozen = [];
    private readonly List<Intent> _unfinished = [];

    /// <summary>By fault: how often it was set, and how often its frame came.</summary>
    public IReadOnlyDictionary<string, (int Runs, int Happened)> Runs => _runs;

    public IReadOnlyList<Intent> Unfinished => _unfinished;

    /// <summary>Plans that need no order run side by side; those that hit all replicas one after the other.</summary>
    public async Task RunAsync(IReadOnlyList<Plan> plans, int lanes)
    {
        var queue = new ConcurrentQueue<Plan>(plans.Where(plan => !plan.Fault.IsGlobal));
        await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => RunLaneAsync(lane, queue)));
        await RunLaneAsync(0, new ConcurrentQueue<Plan>(plans.Where(plan => plan.Fault.IsGlobal)));
    }

    /// <summary>Stops a replica in the middle of its calls and leaves it so until the end.</summary>
    public async Task FreezeAsync(Fault fault, int point, int lane)
    {
        var victim = await world.NextVictimAsync();
        var strike = new Strike(world, victim, fault, point);
        strike.Arm();
        var calls = Task.WhenAll(Enumerable.Range(0, CallersPerRun).Select(caller =>
            TryAsync(fault, Operations[2 + ((point + caller) % 5)], lane, caller, victim.Replica, default)));
        await Task.WhenAny(strike.Happened.Task, calls);
        Count(fault, strike);
        _frozen.Add((victim, calls));
    }

    /// <summary>Every agent that repeats gets its final answer; then the frozen come back, too late.</summary>
    public async Task FinishAsync()
    {
        // Only then may another replica take a key over.
        if (await world.LongestLeaseAsync() is var lease && lease > TimeSpan.Zero)
        {
            await Task.Delay(lease);
        }

        var open = new ConcurrentQueue<Intent>(world.Intents.Where(intent => intent.IsRepeated));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FinishAsync(open)));
        _frozen.ForEach(one => one.Victim.Replica.Process.Thaw());
        await Task.WhenAll(_frozen.Select(one => one.Calls));
        await world.ReconciledAsync();
        // What may follow its answer by a second is written now.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
    }

    private async Task FinishAsync(ConcurrentQueue<Intent> open)
    {
        while (open.TryDequeue(out var intent))
        {
            if (!await world.Callers.FinishAsync(intent, world.Healthy, Patience))
            {
                lock (_unfinished)
                {
                    _unfinished.Add(intent);
                }
            }
        }
    }

    private async Task RunLaneAsync(int lane, ConcurrentQueue<Plan> plans)
    {
        Victim? victim = null;
        while (plans.TryDequeue(out var plan))
        {
            victim = victim is null or { IsDead: true } ? await world.NextVictimAsync() : victim;
            await RunAsync(plan, lane, victim);
            if (plans.Count % RunsPerLine == 0)
            {
                Progress.Say($"fault campaign: {_runs.Values.Sum(fault => fault.Runs)} runs done, {plans.Count} to go in this part");
            }
        }
    }

    private async Task RunAsync(Plan plan, int lane, Victim victim)
    {
        using var strike = new Strike(world, victim, plan.Fault, plan.Point);
        strike.Arm();
        var subject = TryAsync(plan.Fault, plan.Operation, lane, 0, victim.Replica, strike.ClientGone.Token);
        var others = Enumerable.Range(1, CallersPerRun - 1).Select(caller => TryAsync(
            plan.Fault, Operations[(plan.Point + caller) % Operations.Length], lane, caller, victim.Replica, default));
        var intent = await subject;
        await Task.WhenAll(others);
        await strike.Aftermath;
        if (plan.Fault.IsOnlyTheClients)
        {
            // The next run's fault must not hit a call that only its caller has left.
            await world.SettledAsync(intent.Agent.Id);
        }

        victim.Disarm();
        Count(plan.Fault, strike);
        await RetryAsync(plan, intent, victim);
    }

    private async Task<Intent> TryAsync(
        Fault fault, Operation operation, int lane, int caller, Replica replica, CancellationToken cancel)
    {
        var worker = world.Workers[((lane * CallersPerRun) + caller) % world.Workers.Count];
        var intent = world.NewIntent(fault.Name, operation, worker, fault.IsOnlyTheClients);
        intent.IsRepeated = caller > 0;
        var copies = fault == Fault.Duplicates && intent.IsWrite ? DuplicateCalls : 1;
        await Task.WhenAll(Enumerable.Range(0, copies).Select(copy =>
            world.Callers.TryAsync(intent, copy % 2 == 0 ? replica : world.Healthy, cancel: cancel)));
        return intent;
    }

    private async Task RetryAsync(Plan plan, Intent intent, Victim victim)
    {
        intent.IsRepeated |= plan.Retry != Retry.None;
        switch (plan.Retry)
        {
            case Retry.OnAnotherReplica:
                await world.Callers.TryAsync(intent, world.Healthy);
                break;
            case Retry.AfterRestart when !victim.IsDead:
                await world.Callers.TryAsync(intent, victim.Replica);
                break;
            case Retry.WithAnotherPayload when intent.IsWrite:
                await world.Callers.TryAsync(intent, world.Healthy, 'b');
                break;
        }
    }

    private void Count(Fault fault, Strike strike) => _runs.AddOrUpdate(
        fault.Name,
        _ => (1, strike.HasHappened ? 1 : 0),
        (_, before) => (before.Runs + 1, before.Happened + (strike.HasHappened ? 1 : 0)));
}
