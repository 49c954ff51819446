using System.Security.Cryptography;
using AgentGateway.Tasker.Adapter;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>One effect per agent and key: the claim and its answer commit with the effect, or none of them does.</summary>
internal sealed class Claim(string agent, string key, byte[] fingerprint)
{
    private const string LockTimedOut = "55P03";

    /// <summary>Null: the key is ours. Otherwise the stored answer of the request that had it first.</summary>
    public async Task<Outcome?> TakeAsync(Visit visit)
    {
        if (await InsertAsync(visit) is { } late)
        {
            // The wait for locks may have outlasted the time the gateway allows.
            return late ? throw Gate.Late() : null;
        }

        var stored = await visit.Connection.QuerySingleAsync<Stored>(new CommandDefinition(
            "SELECT state, fingerprint, status, body FROM adapter_operations WHERE agent_id = @agent AND key = @key",
            new { agent, key },
            cancellationToken: visit.Cancel));
        if (stored.State == "fenced")
        {
            throw Refuse.Conflict(
                "operation_fenced", "Key given up", "The outcome of this key was settled without it; send the change under a new key.");
        }

        if (!CryptographicOperations.FixedTimeEquals(stored.Fingerprint, fingerprint))
        {
            throw Refuse.Invalid(
                "idempotency_key_reused", "This Idempotency-Key was used for another request; use a new one for each intended change.");
        }

        return new Outcome(stored.Status, stored.Body) { Replayed = true };
    }

    public Task SettleAsync(Visit visit, Outcome outcome) => visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        UPDATE adapter_operations SET state = 'done', status = @Status, body = @Json
        WHERE agent_id = @agent AND key = @key
        """,
        new { agent, key, Status = (short)outcome.Status, outcome.Json },
        cancellationToken: visit.Cancel));

    // Waits for a request that holds the same key; its transaction decides whether there is a claim to take.
    private async Task<bool?> InsertAsync(Visit visit)
    {
        try
        {
            return await visit.Connection.QuerySingleOrDefaultAsync<bool?>(new CommandDefinition(
                """
                INSERT INTO adapter_operations (agent_id, key, fingerprint, state)
                VALUES (@agent, @key, @fingerprint, 'running')
                ON CONFLICT DO NOTHING
                RETURNING coalesce(clock_timestamp() > @late::timestamptz, false)
                """,
                new { agent, key, fingerprint, late = visit.Caller.NotAfter },
                cancellationToken: visit.Cancel));
        }
        catch (PostgresException busy) when (busy.SqlState == LockTimedOut)
        {
            throw Refuse.Conflict(
                "idempotency_in_progress", "Still running", "A request with this Idempotency-Key is still running.", retryable: true);
        }
    }

    private sealed record Stored
    {
        public string State { get; init; } = "";

        public byte[] Fingerprint { get; init; } = [];

        public short Status { get; init; }

        public string Body { get; init; } = "";
    }
}
