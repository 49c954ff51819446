using System.Threading.Channels;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>Starts victims one at a time and ahead of need, since a start costs a second of a core, and stops them all.</summary>
internal sealed class Reserve : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Victim> _ready = Channel.CreateBounded<Victim>(1);
    private readonly List<Victim> _started = [];
    private readonly Task _keeping;

    private Reserve(Func<int, Victim> start, HttpClient client) => _keeping = KeepAsync(start, client);

    /// <summary><paramref name="start"/> gets the victim's number, from 1.</summary>
    public static Reserve Start(Func<int, Victim> start, HttpClient client) => new(start, client);

    public async Task<Victim> NextAsync() => await _ready.Reader.ReadAsync();

    /// <summary>Victims whose process runs, frozen or not.</summary>
    public int CountRunning()
    {
        lock (_started)
        {
            return _started.Count(victim => !victim.Replica.Process.HasExited);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        foreach (var victim in _started)
        {
            await victim.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task KeepAsync(Func<int, Victim> start, HttpClient client)
    {
        try
        {
            for (var number = 1; await _ready.Writer.WaitToWriteAsync(_stop.Token); number++)
            {
                var victim = start(number);
                lock (_started)
                {
                    _started.Add(victim);
                }

                await victim.Replica.WaitUntilReadyAsync(client);
                await _ready.Writer.WriteAsync(victim, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // No more are needed.
        }
    }
}
