namespace AgentGateway.Canon.SignIn;

/// <summary>Remembers the ids of spent tokens until they expire; when too many are remembered, nobody new is let in.</summary>
internal sealed class UsedTokens(TimeProvider clock, int capacity = 20_000)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _spent = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTime> _byEnd = new();

    public bool TrySpend(string id, DateTime until)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow().UtcDateTime;
            while (_byEnd.TryPeek(out var oldest, out var end) && end < now)
            {
                _byEnd.Dequeue();
                _spent.Remove(oldest);
            }

            if (_spent.Count >= capacity || !_spent.Add(id))
            {
                return false;
            }

            _byEnd.Enqueue(id, until);
            return true;
        }
    }
}
