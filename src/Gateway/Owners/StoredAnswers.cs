using System.Security.Cryptography;
using System.Text;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners;

/// <summary>An owner's write that may come twice: its key, and what it asked for.</summary>
internal sealed record OwnerKey(string OwnerId, byte[] Digest, byte[] Fingerprint)
{
    public static OwnerKey Of(string ownerId, string key, string method, string path, ReadOnlySpan<byte> body) =>
        new(ownerId, Hash($"{ownerId}\n{key}", []), Hash($"{method} {path}\n", body));

    private static byte[] Hash(string text, ReadOnlySpan<byte> more) => SHA256.HashData([.. Encoding.UTF8.GetBytes(text), .. more]);
}

/// <summary>An answer as it is sent and, without any secret, kept.</summary>
internal sealed record OwnerAnswer(int Status, byte[] Json);

/// <summary>Keeps the answers to owners' writes in the transaction of the change, so that a repeat changes nothing.</summary>
internal sealed class StoredAnswers(NpgsqlDataSource database)
{
    /// <summary>The constraint that the loser of two equal writes runs into.</summary>
    public const string Constraint = "owner_operations_pkey";

    /// <exception cref="RequestRefusedException">The key belongs to another write.</exception>
    public async Task<OwnerAnswer?> FindAsync(OwnerKey key, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT fingerprint, status, answer FROM owner_operations WHERE owner_id = @OwnerId AND key_digest = @Digest",
            new { key.OwnerId, key.Digest }, cancellationToken: cancel));
        return row is null ? null
            : row.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint) ? new OwnerAnswer(row.Status, row.Answer)
            : throw new RequestRefusedException(Reasons.IdempotencyKeyReused);
    }

    /// <summary>Writes into the transaction that is open on the connection.</summary>
    public static Task KeepAsync(NpgsqlConnection connection, OwnerKey key, OwnerAnswer answer, CancellationToken cancel) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO owner_operations (owner_id, key_digest, fingerprint, status, answer)
            VALUES (@OwnerId, @Digest, @Fingerprint, @Status, @Json)
            """,
            new { key.OwnerId, key.Digest, key.Fingerprint, answer.Status, answer.Json }, cancellationToken: cancel));

    private sealed record Row(byte[] Fingerprint, int Status, byte[] Answer);
}

/// <summary>A request that is answered with a reason and, where a field is to blame, with its name.</summary>
internal sealed class RequestRefusedException(Reason reason, string? where = null, string? detail = null) : Exception(reason.Detail)
{
    public Reason Reason => reason;

    /// <summary>The member, header or query value to blame.</summary>
    public string? Field => where;

    public string? Detail => detail;

    /// <summary>How long to wait before the same request may be answered otherwise.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static RequestRefusedException Invalid(string where, string detail) => new(Reasons.InvalidRequest, where, detail);
}
