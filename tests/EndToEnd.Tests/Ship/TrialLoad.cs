using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>Calls of named kinds, one after the other in each loop, until it is stopped; each failure is kept with its words.</summary>
internal sealed class TrialLoad
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(40);

    private readonly List<Task> _loops = [];
    private readonly List<StrongBox<int>> _rounds = [];
    private readonly ConcurrentDictionary<string, int> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _failures = [];
    private volatile bool _isOver;

    public IReadOnlyCollection<string> Failures => _failures;

    public int Done => _done.Values.Sum();

    public string Counts => string.Join(", ", _done.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"));

    /// <param name="kind">What the calls are counted as.</param>
    /// <param name="call">Answers what went wrong; null when nothing did.</param>
    public void Add(string kind, Func<Task<string?>> call)
    {
        var rounds = new StrongBox<int>();
        _rounds.Add(rounds);
        _loops.Add(Task.Run(async () =>
        {
            for (; !_isOver; await Task.Delay(Pace))
            {
                if (await call() is { } failure)
                {
                    _failures.Enqueue($"{kind}: {failure}");
                }

                _done.AddOrUpdate(kind, 1, (_, count) => count + 1);
                Interlocked.Increment(ref rounds.Value);
            }
        }));
    }

    /// <summary>Until every loop has begun and ended at least one call more: none that began before is under way.</summary>
    public async Task TurnOverAsync()
    {
        var goals = _rounds.ConvertAll(rounds => (Rounds: rounds, Goal: Volatile.Read(ref rounds.Value) + 2));
        await Eventually.TrueAsync(() => Task.FromResult(goals.TrueForAll(loop => Volatile.Read(ref loop.Rounds.Value) >= loop.Goal)));
    }

    public async Task StopAsync()
    {
        _isOver = true;
        await Task.WhenAll(_loops);
    }
}
