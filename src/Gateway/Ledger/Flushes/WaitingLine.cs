namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// Those who wait for the writer, in order of arrival: bounded, closed at shutdown, and nobody waits past the patience.
/// </summary>
/// <param name="begin">Starts the writer; it writes until <see cref="Collect"/> gives it nothing.</param>
/// <param name="clock">Monotonic.</param>
/// <param name="limits">How long, and how many.</param>
internal sealed class WaitingLine(Action begin, TimeProvider clock, LineLimits limits)
{
    private const int LargestFlush = 512;

    private readonly Lock _gate = new();
    private readonly Queue<PendingAdmission> _admissions = new();
    private readonly Queue<PendingSettlement> _settlements = new();
    private readonly List<PendingAdmission> _again = [];
    private TaskCompletionSource? _writing;
    private bool _closed;

    /// <summary>How many wait to be admitted.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
            {
                return _admissions.Count + _again.Count;
            }
        }
    }

    /// <summary>False: the line is too long already.</summary>
    public bool TryEnter(PendingAdmission call)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new LedgerUnavailableException("The gateway is stopping.", null);
            }

            if (_admissions.Count >= limits.Capacity)
            {
                return false;
            }

            _admissions.Enqueue(call);
            Begin();
            return true;
        }
    }

    /// <summary>Always, and while the gateway stops, too: what was sent must be written down.</summary>
    public void Enter(PendingSettlement settlement)
    {
        lock (_gate)
        {
            _settlements.Enqueue(settlement);
            Begin();
        }
    }

    /// <summary>Those whom the last flush told more, or could not take: they come first in the next.</summary>
    public void Return(IEnumerable<PendingAdmission> calls)
    {
        lock (_gate)
        {
            _again.AddRange(calls);
        }
    }

    /// <summary>What is written next; null: nothing waits, and the next to come starts the writer again.</summary>
    public Work? Collect(Func<int, IReadOnlyList<AuditEvent>> trailing)
    {
        lock (_gate)
        {
            if (_admissions.Count + _settlements.Count + _again.Count == 0)
            {
                _writing?.SetResult();
                _writing = null;
                return null;
            }

            var admissions = _again.Where(IsWaiting).ToList();
            _again.Clear();
            while (admissions.Count < LargestFlush && _admissions.TryDequeue(out var call))
            {
                if (IsWaiting(call))
                {
                    admissions.Add(call);
                }
            }

            var settlements = new List<PendingSettlement>(Math.Min(LargestFlush, _settlements.Count));
            while (settlements.Count < LargestFlush && _settlements.TryDequeue(out var settlement))
            {
                settlements.Add(settlement);
            }

            return new Work(admissions, settlements, trailing(LargestFlush));
        }
    }

    /// <summary>Whether all who wait belong to an authority that is being changed just now.</summary>
    public bool IsBlocked()
    {
        lock (_gate)
        {
            return _admissions.Count + _settlements.Count == 0 && _again.Exists(call => call.IsBlocked);
        }
    }

    /// <summary>Refuses the calls that wait; ends when all that was taken is written.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var waiting in _admissions.Concat(_again))
            {
                waiting.Refuse(new LedgerUnavailableException("The gateway is stopping.", null));
            }

            return _writing?.Task ?? Task.CompletedTask;
        }
    }

    private void Begin()
    {
        if (_writing is null)
        {
            _writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            begin();
        }
    }

    // Who has waited this long for its turn is refused before its caller gives up: it then has left no row for certain.
    private bool IsWaiting(PendingAdmission call)
    {
        if (clock.GetElapsedTime(call.Since) > 0.8 * limits.Patience)
        {
            call.Refuse(new LedgerUnavailableException("The ledger could not take the call in time.", null));
        }

        return !call.IsAnswered;
    }
}

/// <summary>How long a call waits to be written down, and how many may wait at once.</summary>
internal sealed record LineLimits(TimeSpan Patience, int Capacity = 4096);
