using AgentGateway.Policy;
using AgentGateway.Transforms.Response;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// The one writer of calls: whoever waits shares the next transaction, and whoever comes meanwhile the one after it. Bounded,
/// and closed when in doubt: an admission nobody waits for any more is given back, a lost connection refuses its calls.
/// </summary>
internal sealed class LedgerWriter(
    NpgsqlDataSource database, TrailingEvents trailing, RateLimits limits, TimeProvider clock, ILogger<LedgerWriter> log,
    TimeSpan patience, int capacity = 4096) : IHostedService, IAsyncDisposable
{
    private const int LargestFlush = 512;

    // An authority that is being changed is tried again this soon, and with each flush for others besides.
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<PendingAdmission> _admissions = new();
    private readonly Queue<PendingSettlement> _settlements = new();
    private readonly List<PendingAdmission> _again = [];
    private NpgsqlConnection? _connection;
    private Task _pump = Task.CompletedTask;
    private bool _pumping;
    private bool _closing;

    public async Task<Admission> AdmitAsync(AdmissionRequest request)
    {
        var pending = new PendingAdmission(request, clock.GetTimestamp());
        lock (_gate)
        {
            if (_closing)
            {
                throw new LedgerUnavailableException("The gateway is stopping.", null);
            }

            if (_admissions.Count >= capacity)
            {
                return new Admission.Overloaded();
            }

            _admissions.Enqueue(pending);
            StartPump();
        }

        return await pending.WithinAsync(patience, clock);
    }

    /// <summary>Of a write; taken while the gateway stops, too.</summary>
    public Task SettleAsync(Admission.Admitted admission, Outcome outcome)
    {
        var pending = new PendingSettlement(admission, outcome, clock.GetTimestamp());
        lock (_gate)
        {
            _settlements.Enqueue(pending);
            StartPump();
        }

        return pending.WithinAsync(patience, clock);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Calls that still wait are refused, settlements are written.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task pump;
        lock (_gate)
        {
            _closing = true;
            foreach (var waiting in _admissions.Concat(_again))
            {
                waiting.Refuse(new LedgerUnavailableException("The gateway is stopping.", null));
            }

            pump = _pump;
        }

        await pump.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _pump;
        await DropConnectionAsync();
        await database.DisposeAsync();
    }

    private void StartPump()
    {
        if (RowCommits.On)
        {
            var alone = new Work([.. _admissions], [.. _settlements], []);
            _admissions.Clear();
            _settlements.Clear();
            _ = Task.Run(() =>
                RowCommits.WriteAsync(database, limits, alone, flush => Conclude(alone, flush, clock.GetTimestamp())));
            return;
        }

        if (!_pumping)
        {
            _pumping = true;
            _pump = Task.Run(PumpAsync);
        }
    }

    private async Task PumpAsync()
    {
        while (true)
        {
            // Those who were just answered come back with their next wish; waiting this little makes the flush larger.
            await Task.Yield();
            await Task.Yield();
            if (OnlyBlockedWait())
            {
                await Task.Delay(LockPause, clock);
            }

            if (Collect() is not { } work)
            {
                return;
            }

            if (work.Count > 0)
            {
                await WriteAsync(work);
            }
        }
    }

    /// <summary>What is written next; null: nothing waits, and the next to come starts the pump again.</summary>
    private Work? Collect()
    {
        lock (_gate)
        {
            if (_admissions.Count + _settlements.Count + _again.Count == 0)
            {
                _pumping = false;
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

            return new Work(admissions, settlements, trailing.Take(LargestFlush));
        }
    }

    // Who has waited this long for its turn is refused before its caller gives up: it then has left no row for certain.
    private bool IsWaiting(PendingAdmission call)
    {
        if (clock.GetElapsedTime(call.Since) > 0.8 * patience)
        {
            call.Refuse(new LedgerUnavailableException("The ledger could not take the call in time.", null));
        }

        return !call.IsAnswered;
    }

    private bool OnlyBlockedWait()
    {
        lock (_gate)
        {
            return _admissions.Count + _settlements.Count == 0 && _again.Exists(call => call.IsBlocked);
        }
    }

    private async Task WriteAsync(Work work)
    {
        try
        {
            var flush = new Flush(work, limits);
            await flush.RunAsync(await ConnectAsync(), prepare: true);
            Conclude(work, flush, clock.GetTimestamp());
        }
        catch (Exception failure)
        {
            await DropConnectionAsync();
            if (work.Count > 1 && failure is PostgresException { SqlState: ['2', '2' or '3', ..] or ['4', '0', ..] })
            {
                // The server has taken everything back: one row of these is bad, and only that one is refused.
                var (first, second) = work.Halves();
                await WriteAsync(first);
                await WriteAsync(second);
                return;
            }

            work.Refuse(failure);
            trailing.Return(work.Trailing);
            log.FlushFailed(work.Admissions.Count, work.Settlements.Count, failure.GetType().Name);
        }
    }

    private void Conclude(Work work, Flush flush, long now)
    {
        var again = new List<PendingAdmission>();
        for (var index = 0; index < work.Admissions.Count; index++)
        {
            var call = work.Admissions[index];
            var answer = call.Conclude(flush.Verdicts[index], now);
            if (answer is null)
            {
                again.Add(call);
            }
            else if (!call.TryAnswer(answer) && answer is Admission.Admitted unwanted)
            {
                GiveBack(unwanted);
            }
        }

        var overtaken = work.Settlements.Where(settlement => !flush.IsWritten(settlement.BoundEvent)).ToList();
        foreach (var settlement in work.Settlements.Except(overtaken))
        {
            settlement.TryAnswer(true);
        }

        lock (_gate)
        {
            _again.AddRange(again);
            foreach (var settlement in overtaken)
            {
                settlement.Overtake();
                _settlements.Enqueue(settlement);
            }
        }
    }

    // Its caller gave up before the commit was known: nothing was sent, and nothing will be.
    private void GiveBack(Admission.Admitted unwanted)
    {
        var released = new Outcome
        {
            Kind = OutcomeKind.Released,
            Reason = Reasons.LedgerUnavailable,
            Result = RefusalText.Write(Reasons.LedgerUnavailable),
        };
        if (unwanted.Request.IdempotencyKey is null)
        {
            trailing.Append(PendingSettlement.EventOf(unwanted, released));
            return;
        }

        lock (_gate)
        {
            _settlements.Enqueue(new PendingSettlement(unwanted, released, clock.GetTimestamp()));
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        _connection ??= await database.OpenConnectionAsync(CancellationToken.None);
        return _connection;
    }

    // After any error: a connection whose state is not known for sure must not carry the next calls.
    private async Task DropConnectionAsync()
    {
        var connection = _connection;
        _connection = null;
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
    }
}
