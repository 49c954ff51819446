using System.Diagnostics;
using AgentGateway.Security.Tests.Rig;

namespace AgentGateway.Security.Tests.Revocation;

/// <summary>Workers call over all replicas without pause while one replica after the other is asked to take the authority away.</summary>
internal sealed class Race : IAsyncDisposable
{
    private const int Workers = 24;
    private const int PatientRounds = 100;

    private const int WarmUp = Workers;

    private const string Read = $$"""{"card":"{{FakeTasker.Card}}"}""";

    private static int _races;

    private readonly ReplicaWorld _world;
    private readonly int _number = Interlocked.Increment(ref _races);
    private readonly LiveAgent _agent;
    private readonly Task[] _workers;
    private volatile string _token;
    private volatile bool _stopped;
    private volatile int _taken;
    private int _answered;
    private int _calls;
    private int _succeeded;
    private int _takeaways;

    private Race(ReplicaWorld world, LiveAgent agent)
    {
        _world = world;
        _agent = agent;
        _token = agent.Token;
        _workers = [.. Enumerable.Range(0, Workers).Select(worker => Task.Run(() => WorkAsync(worker)))];
    }

    public static async Task<Race> StartAsync(ReplicaWorld world) =>
        new(world, await world.Owners.CreateAgentAsync(world.Replicas[0], $"u-race-{_races}", "racer"));

    /// <summary>Takes away under load, waits until every worker has had its chance, gives back when there is a way.</summary>
    public async Task<Verdict> TakeAsync(string what, int drainSeconds)
    {
        var start = await _world.AdmittedAsync(_agent.Id);
        await AnsweredAsync(WarmUp);
        for (var round = 0; round < PatientRounds && await _world.AdmittedAsync(_agent.Id) == start; round++)
        {
            // On a busy machine answers of before it was given back come first.
            await AnsweredAsync(Workers);
        }

        var number = ++_takeaways;
        var asked = _world.Replicas[number % _world.Replicas.Count];
        var began = Stopwatch.GetTimestamp();
        var answer = await _world.Owners.TakeAsync(what, asked, _agent with { Token = _token }, number, drainSeconds);
        var returned = Stopwatch.GetTimestamp();
        _taken = number;
        var before = await _world.AdmittedAsync(_agent.Id);

        await AnsweredAsync(2 * Workers);
        var after = await _world.AdmittedAsync(_agent.Id);
        var verdict = new Verdict
        {
            What = what,
            Before = before - start,
            Admitted = after - before,
            Succeeded = Interlocked.Exchange(ref _succeeded, 0),
            Arrived = answer.Drained == true ? ArrivedSince(returned) : [],
            Drained = answer.Drained,
            Took = Stopwatch.GetElapsedTime(began, returned),
        };
        _taken = 0;
        await GiveBackAsync(what, number);
        return verdict;
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await Task.WhenAll(_workers);
    }

    private async Task WorkAsync(int worker)
    {
        while (!_stopped)
        {
            var call = Interlocked.Increment(ref _calls);
            var replica = _world.Replicas[(worker + call) % _world.Replicas.Count];
            var taken = _taken;
            var answer = worker % 2 == 0
                ? await _world.Agents.CallAsync(replica, _token, "get_card", Read)
                : await _world.Agents.CallAsync(
                    replica, _token, "add_comment",
                    $$"""{"card":"{{FakeTasker.Card}}","body":"b","idempotency_key":"race-{{_number}}-{{call}}"}""");
            Interlocked.Increment(ref _answered);
            if (answer.Succeeded && taken > 0 && taken == _taken)
            {
                Interlocked.Increment(ref _succeeded);
            }
        }
    }

    private async Task AnsweredAsync(int more)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var enough = Volatile.Read(ref _answered) + more; Volatile.Read(ref _answered) < enough;)
        {
            await Task.Delay(2, patience.Token);
        }
    }

    private List<string> ArrivedSince(long moment) =>
        [.. _world.Tasker.Arrivals.Where(one => one.Agent == _agent.Id && one.At > moment).Select(one => one.Tool)];

    // Through another replica, and every replica must know at its next call.
    private async Task GiveBackAsync(string what, int number)
    {
        var another = _world.Replicas[(number + 1) % _world.Replicas.Count];
        if (await _world.Owners.GiveBackAsync(what, another, _agent with { Token = _token }, number) is not { } again)
        {
            return;
        }

        _token = again.Token;
        foreach (var replica in _world.Replicas)
        {
            var answer = await _world.Agents.CallAsync(replica, again.Token, "get_card", Read);
            Assert.True(answer.Succeeded, $"After {what} was taken back a call is refused: {answer.Body}");
        }
    }
}
