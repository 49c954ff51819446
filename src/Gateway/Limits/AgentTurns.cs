using System.Threading.RateLimiting;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Limits;

/// <summary>Lets each agent have a few calls running and a bounded queue behind them; nobody waits above two seconds.</summary>
internal sealed class AgentTurns(int running, TimeProvider clock, int waiting = AgentTurns.Waiting) : IAsyncDisposable
{
    public const int Waiting = 256;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly PartitionedRateLimiter<string> _agents = PartitionedRateLimiter.Create<string, string>(
        agent => RateLimitPartition.GetConcurrencyLimiter(agent, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = running,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }),
        StringComparer.Ordinal);

    /// <summary>Dispose what it returns when the call is answered; it may hold a refusal instead of a turn.</summary>
    public async ValueTask<AgentTurn> TakeAsync(string agentId, CancellationToken cancel)
    {
        // The usual case costs no timer.
        var lease = _agents.AttemptAcquire(agentId);
        if (lease.IsAcquired)
        {
            return new AgentTurn(lease, null);
        }

        lease.Dispose();
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            lease = await _agents.AcquireAsync(agentId, 1, either.Token);
            if (lease.IsAcquired)
            {
                return new AgentTurn(lease, null);
            }

            lease.Dispose();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The queue did not move in time.
        }

        return new AgentTurn(null, Crowded());
    }

    public ValueTask DisposeAsync() => _agents.DisposeAsync();

    private Denial Crowded() => new(
        Reasons.RateLimited,
        $"This agent already has {running} calls running, and more are waiting. Wait {(int)Patience.TotalSeconds} seconds.")
    {
        Check = Check.Rate,
        RetryAfter = Patience,
    };
}

/// <summary>A place among the agent's running calls, given back when it is disposed, or why there is none.</summary>
internal sealed class AgentTurn(RateLimitLease? lease, Denial? refusal) : IDisposable
{
    public Denial? Refusal => refusal;

    public void Dispose() => lease?.Dispose();
}
