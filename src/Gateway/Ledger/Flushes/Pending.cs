using AgentGateway.Gateway.Limits;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>Something a caller waits for: answered once, by the writer or by the end of the caller's patience.</summary>
internal abstract class Pending<T>(long since)
{
    // The writer must not run its callers' code.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Monotonic timestamp of the caller's arrival.</summary>
    public long Since { get; } = since;

    public bool IsAnswered => _answer.Task.IsCompleted;

    /// <summary>False when the caller has given up before: then the answer reached nobody.</summary>
    public bool TryAnswer(T answer) => _answer.TrySetResult(answer);

    public void Refuse(LedgerUnavailableException refusal) => _answer.TrySetException(refusal);

    /// <summary>Waits no longer than <paramref name="patience"/>; whoever comes first, answer or end of patience, is final.</summary>
    public async Task<T> WithinAsync(TimeSpan patience)
    {
        using var deadline = Deadline.After(patience);
        await using var end = deadline.Token.UnsafeRegister(
            static pending => ((Pending<T>)pending!).Refuse(new("The ledger did not answer in time.", null)), this);
        return await _answer.Task;
    }
}
