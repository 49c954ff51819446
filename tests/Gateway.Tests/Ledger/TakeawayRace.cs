using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Ledger;

/// <summary>Workers admit without pause while their authority is taken away; one race for one authority.</summary>
/// <param name="admitted">How many admissions under this authority the database shows.</param>
internal sealed class TakeawayRace(Func<Task<long>> admitted)
{
    private const int Workers = 24;

    private readonly TaskCompletionSource _counted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One try; the authority to try with next, null when there is none any more.</summary>
    public delegate Task<Authority?> Attempt(Authority authority);

    /// <summary>Ends once the takeaway has returned and what it found admitted is counted.</summary>
    public Task Counted => _counted.Task;

    /// <summary>
    /// Takes away once something has been admitted, then lets every worker begin and end another try. A row that was not there when
    /// the takeaway had returned, and is there later, was late.
    /// </summary>
    public async Task<(long Before, long After)> RunAsync(Authority authority, Attempt attempt, Func<Task> takeAway)
    {
        using var stop = new CancellationTokenSource();
        var tries = new int[Workers];
        var workers = Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            for (var now = authority; now is not null && !stop.IsCancellationRequested; Interlocked.Increment(ref tries[worker]))
            {
                now = await attempt(now);
            }
        })).ToArray();
        await Eventually.TrueAsync(async () => await admitted() > 0);

        await takeAway();
        var before = await admitted();
        _counted.SetResult();

        // The try that was under way, and a whole one after it.
        var goals = tries.Select(done => done + 2).ToArray();
        await Eventually.TrueAsync(() => Task.FromResult(Enumerable.Range(0, Workers).All(worker =>
            workers[worker].IsCompleted || Volatile.Read(ref tries[worker]) >= goals[worker])));
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        return (before, await admitted() - before);
    }
}
