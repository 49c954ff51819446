using AgentGateway.Gateway.Ledger.Flushes.Statements;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// One transaction in one round trip, for all calls that wait: locks, verdicts, claims, what the losers lost to, outcomes,
/// events. Separate statements under READ COMMITTED, so that each sees all that was committed before the locks were granted.
/// </summary>
internal sealed class Flush
{
    private readonly Work _work;
    private readonly List<BoundEvent> _events;
    private readonly List<Placed> _claims = [];
    private readonly List<Placed> _takeOvers = [];
    private readonly List<Placed> _learners = [];
    private readonly List<PendingSettlement> _stored;
    private readonly bool[] _enters;
    private readonly Buckets _buckets;
    private readonly List<Step> _steps = [];
    private readonly Dictionary<Guid, DateTimeOffset> _written;

    public Flush(Work work, RateLimits limits)
    {
        _work = work;
        _written = new Dictionary<Guid, DateTimeOffset>(work.Count);
        _buckets = new Buckets(work.Admissions, limits);
        _enters = new bool[work.Admissions.Count];
        _stored = [.. work.Settlements.Where(settlement => settlement.IsStored)];
        _events =
        [
            .. work.Admissions.Select(admission => admission.BoundEvent),
            .. work.Settlements.Select(settlement => settlement.BoundEvent),
            .. work.Trailing.Select(entry => new BoundEvent(entry.ToRow(), null)),
        ];
        Verdicts = new Verdict[work.Admissions.Count];
        Array.Fill(Verdicts, new Verdict());
        Place();
    }

    private delegate void ReadRow(NpgsqlDataReader reader);

    /// <summary>On each admission, in order; complete when <see cref="RunAsync"/> has returned.</summary>
    public Verdict[] Verdicts { get; }

    /// <summary>Appends events that no call waits for.</summary>
    public static async Task AppendAsync(NpgsqlDataSource database, IReadOnlyList<AuditEvent> events)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await new Flush(new Work([], [], events), RateLimits.None).RunAsync(connection, prepare: false);
    }

    public bool IsWritten(BoundEvent entry) => _written.ContainsKey(entry.Id);

    /// <summary>Durable when it returns: the answer is read to its end, where the server confirms the commit.</summary>
    /// <param name="connection">Of the writer's own, or any.</param>
    /// <param name="prepare">Whether the connection is kept and dropped with its first error.</param>
    public async Task RunAsync(NpgsqlConnection connection, bool prepare)
    {
        AddSteps();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var step in _steps)
        {
            batch.BatchCommands.Add(step.Command);
        }

        // Not cancelled: whether it was written would be unknown. Timeouts of the server and the driver bound it.
        if (prepare)
        {
            await batch.PrepareAsync(CancellationToken.None);
        }

        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        foreach (var step in _steps.Where(step => step.Read is not null))
        {
            while (await reader.ReadAsync(CancellationToken.None))
            {
                step.Read!(reader);
            }

            await reader.NextResultAsync(CancellationToken.None);
        }

        while (await reader.NextResultAsync(CancellationToken.None))
        {
        }

        for (var index = 0; index < Verdicts.Length; index++)
        {
            Verdicts[index].At = _written.TryGetValue(_events[index].Id, out var at) ? at : null;
        }
    }

    // Of several calls with one key the first may enter; the others learn in the same flush what became of it.
    private void Place()
    {
        var taken = new HashSet<(string, UInt128)>();
        for (var index = 0; index < _enters.Length; index++)
        {
            var call = _work.Admissions[index];
            var placed = new Placed(index + 1, call);
            if (call is { IsWrite: true, IsReplay: false })
            {
                _learners.Add(placed);
                _enters[index] = taken.Add((call.Authority.Agent.Id, call.KeyStart));
                if (_enters[index])
                {
                    (call.IsClaim ? _claims : _takeOvers).Add(placed);
                }
            }
            else
            {
                _enters[index] = true;
            }
        }
    }

    private void AddSteps()
    {
        if (_work.Admissions.Count > 0)
        {
            Add(JudgeStatements.Lock(_work.Admissions), _ => { });
            if (_buckets.Any)
            {
                Add(_buckets.Ensure());
                Add(_buckets.Lock(), _ => { });
            }

            Add(JudgeStatements.Judge(_work.Admissions, _enters, _buckets), reader => JudgeStatements.ReadInto(reader, Verdicts));
        }

        Add(_claims, KeyStatements.Claim);
        Add(_takeOvers, KeyStatements.TakeOver);
        Add(_learners, KeyStatements.Learn, reader =>
        {
            var (place, holder) = KeyStatements.ReadHolder(reader);
            Verdicts[place - 1].Holder = holder;
        });
        Add(_stored, SettlementStatement.Command);
        Add(EventInsert.Command(_events, _work.Admissions.Count), reader =>
            _written[reader.GetGuid(0)] = reader.GetFieldValue<DateTimeOffset>(1));
    }

    private void Add<T>(List<T> rows, Func<IReadOnlyList<T>, NpgsqlBatchCommand> command, ReadRow? read = null)
    {
        if (rows.Count > 0)
        {
            Add(command(rows), read);
        }
    }

    private void Add(NpgsqlBatchCommand command, ReadRow? read = null) => _steps.Add(new Step(command, read));

    /// <summary>A statement, and what is done with each row it returns; null: it returns none.</summary>
    private sealed record Step(NpgsqlBatchCommand Command, ReadRow? Read);
}
