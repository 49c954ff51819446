using System.Collections.Concurrent;

namespace AgentGateway.Gateway.Limits;

/// <summary>A token that ends after a time, or with another token; its source serves later calls, so that a call makes no timer.</summary>
internal readonly struct Deadline : IDisposable
{
    private const int MostSpare = 256;

    private static readonly ConcurrentQueue<CancellationTokenSource> Spare = new();

    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _other;

    private Deadline(CancellationTokenSource source, CancellationToken other)
    {
        _source = source;
        _other = other.UnsafeRegister(static ended => ((CancellationTokenSource)ended!).Cancel(), source);
    }

    public CancellationToken Token => _source.Token;

    public static Deadline After(TimeSpan time, CancellationToken other = default)
    {
        var source = Spare.TryDequeue(out var spare) ? spare : new CancellationTokenSource();
        source.CancelAfter(time);
        return new Deadline(source, other);
    }

    public void Dispose()
    {
        // Waits for a callback that runs just now: nobody ends the next call's token.
        _other.Dispose();
        if (_source.TryReset() && Spare.Count < MostSpare)
        {
            Spare.Enqueue(_source);
        }
        else
        {
            _source.Dispose();
        }
    }
}
