using AgentGateway.Gateway.Observe;
using AgentGateway.Policy;
using AgentGateway.Transforms.Response;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// The one writer of calls: whoever waits shares the next transaction, and whoever comes meanwhile the one after it. Closed
/// when in doubt: an admission nobody waits for any more is given back, a lost connection refuses its calls.
/// </summary>
internal sealed class LedgerWriter : IHostedService, IAsyncDisposable
{
    // An authority that is being changed is tried again this soon, and with each flush for others besides.
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2);

    private readonly NpgsqlDataSource _database;
    private readonly TrailingEvents _trailing;
    private readonly RateLimits _limits;
    private readonly TimeProvider _clock;
    private readonly ILogger<LedgerWriter> _log;
    private readonly TimeSpan _patience;
    private readonly WaitingLine _line;
    private NpgsqlConnection? _connection;

    public LedgerWriter(
        NpgsqlDataSource database, TrailingEvents trailing, RateLimits limits, TimeProvider clock, ILogger<LedgerWriter> log,
        LineLimits line)
    {
        (_database, _trailing, _limits, _clock, _log, _patience) = (database, trailing, limits, clock, log, line.Patience);
        _line = new WaitingLine(() => _ = Task.Run(WriteAllAsync), clock, line);
    }

    public async Task<Admission> AdmitAsync(AdmissionRequest request)
    {
        var pending = new PendingAdmission(request, _clock.GetTimestamp());
        return _line.TryEnter(pending) ? await pending.WithinAsync(_patience) : new Admission.Overloaded();
    }

    /// <summary>Of a write; taken while the gateway stops, too.</summary>
    public Task SettleAsync(Admission.Admitted admission, Outcome outcome)
    {
        var pending = new PendingSettlement(admission, outcome, _clock.GetTimestamp());
        _line.Enter(pending);
        return pending.WithinAsync(_patience);
    }

    /// <summary>How many calls wait for the next transaction.</summary>
    public int Waiting => _line.Length;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Calls that still wait are refused, settlements are written.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _line.CloseAsync().WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _line.CloseAsync();
        await DropConnectionAsync();
        await _database.DisposeAsync();
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            // Those who were just answered come back with their next wish; waiting this little makes the flush larger.
            await Task.Yield();
            await Task.Yield();
            if (_line.IsBlocked())
            {
                await Task.Delay(LockPause, _clock);
            }

            if (_line.Collect(_trailing.Take) is not { } work)
            {
                return;
            }

            if (RowCommits.On)
            {
                RowCommits.Begin(_database, _limits, work, (alone, flush) => Conclude(alone, flush, _clock.GetTimestamp()));
            }
            else if (work.Count > 0)
            {
                await WriteAsync(work);
            }
        }
    }

    private async Task WriteAsync(Work work)
    {
        var started = _clock.GetTimestamp();
        try
        {
            var flush = new Flush(work, _limits);
            await flush.RunAsync(await ConnectAsync(), prepare: true);
            var ended = _clock.GetTimestamp();
            Measures.Flushed(work.Count, _clock.GetElapsedTime(started, ended), written: true);
            Conclude(work, flush, ended);
        }
        catch (Exception failure)
        {
            Measures.Flushed(work.Count, _clock.GetElapsedTime(started), written: false);
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
            _trailing.Return(work.Trailing);
            _log.FlushFailed(work.Admissions.Count, work.Settlements.Count, failure.GetType().Name);
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
                continue;
            }

            Measures.Admitted(_clock.GetElapsedTime(call.Since, now), answer);
            if (!call.TryAnswer(answer) && answer is Admission.Admitted unwanted)
            {
                GiveBack(unwanted);
            }
        }

        _line.Return(again);
        foreach (var settlement in work.Settlements)
        {
            if (flush.IsWritten(settlement.BoundEvent))
            {
                Measures.Settled(_clock.GetElapsedTime(settlement.Since, now));
                settlement.TryAnswer(true);
            }
            else
            {
                settlement.Overtake();
                _line.Enter(settlement);
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
            _trailing.Append(PendingSettlement.EventOf(unwanted, released));
        }
        else
        {
            _line.Enter(new PendingSettlement(unwanted, released, _clock.GetTimestamp()));
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync() =>
        _connection ??= await _database.OpenConnectionAsync(CancellationToken.None);

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
