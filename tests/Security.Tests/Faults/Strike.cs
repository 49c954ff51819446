using AgentGateway.Security.Tests.Wire;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>One fault set on one victim, to happen once, at the frame whose turn it is.</summary>
internal sealed class Strike(FaultWorld world, Victim victim, Fault fault, int point) : IDisposable
{
    private int _seen;

    public FaultWorld World => world;

    public Victim Victim => victim;

    /// <summary>The call of the run's subject.</summary>
    public CancellationTokenSource ClientGone { get; } = new();

    /// <summary>Set by faults that keep their victim from answering.</summary>
    public TaskCompletionSource Happened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What goes on after the frame has passed.</summary>
    public Task Aftermath { get; set; } = Task.CompletedTask;

    public bool HasHappened => Volatile.Read(ref _seen) >= point;

    public void Arm()
    {
        Watch pass = _ => new ValueTask<Fate>(Fate.Pass);
        victim.Arm(fault.AtDatabase ? WatchAsync : pass, fault.AtTasker ? WatchAsync : pass);
    }

    public void Dispose()
    {
        victim.Disarm();
        ClientGone.Dispose();
    }

    private async ValueTask<Fate> WatchAsync(Frame frame) =>
        fault.At(frame) && Interlocked.Increment(ref _seen) == point ? await fault.Does(this, frame) : Fate.Pass;
}
