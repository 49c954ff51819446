using AgentGateway.Gateway.Ledger.Refusals;
using Npgsql;

namespace AgentGateway.Gateway.Ledger;

/// <summary>The durable book of calls: admission before anything leaves, settlement before a write is answered.</summary>
/// <remarks>
/// A write's row moves so, and each move is one conditional statement:
/// <code>
/// (none) ─ claim, epoch 1 ─► dispatching ─ settle ─► succeeded | failed      final, replayed
///                             │      ▲ └─ settle ─► released | in_doubt
///                             │      └── take-over, epoch + 1 ──┘              same payload only
///                             └─ lease of 15 s over ─► take-over, epoch + 1
/// </code>
/// Settlement names its admission and epoch. A process that was frozen, or died and came back, no longer finds its own
/// and changes nothing; that two attempts under one key have one effect is Tasker's unique (agent, key).
/// </remarks>
internal sealed class CallLedger(NpgsqlDataSource database, RefusalBook refusals, TrailingEvents trailing, TimeProvider clock)
{
    /// <summary>
    /// Durable when it returns. Throws <see cref="LedgerUnavailableException"/> when nothing could be written: then nothing may
    /// be sent.
    /// </summary>
    public Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancel)
    {
        // Once it is on its way an admission is not cancelled: whether it committed would be unknown.
        cancel.ThrowIfCancellationRequested();
        return WithinPatienceAsync("The admission could not be written.", async () =>
        {
            var admission = new AdmissionBatch(request);
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            await using var batch = admission.Build(connection);
            await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
            return await admission.ReadAsync(reader, clock);
        });
    }

    /// <summary>
    /// Durable when it returns for writes. Throws <see cref="LedgerUnavailableException"/>: then a write is answered as
    /// outcome_unknown.
    /// </summary>
    public Task SettleAsync(Admission.Admitted admission, Outcome outcome)
    {
        var settlement = new Settlement(admission, outcome);
        if (admission.Request.IdempotencyKey is null)
        {
            // The admission already is the log of a read.
            trailing.Append(settlement.Event);
            return Task.CompletedTask;
        }

        return WithinPatienceAsync("The settlement could not be written.", async () =>
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            await using var batch = settlement.Build(connection);
            return await batch.ExecuteNonQueryAsync(CancellationToken.None);
        });
    }

    /// <summary>
    /// Writes one refused event; never throws for a lost database (the refusal is answered all the same, and counted in the
    /// log).
    /// </summary>
    public Task RefuseAsync(Refusal refusal) => refusals.WriteAsync(refusal);

    private async Task<T> WithinPatienceAsync<T>(string failure, Func<Task<T>> write)
    {
        try
        {
            return await write().WaitAsync(LedgerDatabase.Patience, clock);
        }
        catch (Exception lost)
        {
            // Whatever it was: nobody may rely on an entry that was not confirmed.
            throw new LedgerUnavailableException(failure, lost);
        }
    }
}

/// <summary>Postgres did not take the entry.</summary>
internal sealed class LedgerUnavailableException(string message, Exception? inner) : Exception(message, inner);
