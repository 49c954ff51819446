using System.Text;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Policy;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Ledger;

/// <summary>One row of the audit as it is appended: ids, names and digests, never arguments, tokens or bodies.</summary>
internal sealed record AuditEvent
{
    /// <summary>In the order of <see cref="AddTo"/>, which fills as many parameters.</summary>
    public const string Columns =
        """
        id, kind, admission_id, request_id, door, agent_id, agent_name, owner_id, token_id, token_prefix, tool, project_ids,
        project_key, card, scope, effect, decision, reason, cause, manifest_digest, key_digest, argument_digest,
        upstream_status, duration_ms, client_name, client_version, thread_id, traceparent, remote_address, count, actor, epoch,
        replica, mac_key, mac
        """;

    public const string Insert =
        $"""
        INSERT INTO audit_events ({Columns})
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
                $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35)
        """;

    private const int LongestText = 300;

    private const NpgsqlDbType Uuids = NpgsqlDbType.Array | NpgsqlDbType.Uuid;

    private static readonly string Replica = $"{Environment.MachineName}:{Environment.ProcessId}";

    /// <summary>Stays the same when a lost batch is written again, so that a doubled row is recognised.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    public required string Kind { get; init; }

    public required string Decision { get; init; }

    public Guid? AdmissionId { get; init; }

    public CallOrigin? Origin { get; init; }

    /// <summary>Who acts, when it is an agent.</summary>
    public Authority? Authority { get; init; }

    /// <summary>The agent that a lifecycle event is about, when no authority is at hand.</summary>
    public Agent? Agent { get; init; }

    /// <summary>The owner that an event is about, when it is about no single agent.</summary>
    public string? OwnerId { get; init; }

    public Guid? TokenId { get; init; }

    public string? TokenPrefix { get; init; }

    public string? Tool { get; init; }

    public IReadOnlyList<Grant> Projects { get; init; } = [];

    public string? Card { get; init; }

    public string? Scope { get; init; }

    public string? Effect { get; init; }

    public string? Reason { get; init; }

    public string? Cause { get; init; }

    public string? ManifestDigest { get; init; }

    public byte[]? KeyDigest { get; init; }

    public byte[]? ArgumentDigest { get; init; }

    public int? UpstreamStatus { get; init; }

    public TimeSpan? Duration { get; init; }

    public int Count { get; init; } = 1;

    /// <summary>The person or service behind a lifecycle event.</summary>
    public string? Actor { get; init; }

    public int? Epoch { get; init; }

    /// <summary>The types of <see cref="Columns"/>, one by one.</summary>
    public static IReadOnlyList<NpgsqlDbType> Types { get; } =
    [
        NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Uuid, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Uuid, NpgsqlDbType.Text, NpgsqlDbType.Text, Uuids,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Bytea, NpgsqlDbType.Bytea, NpgsqlDbType.Integer, NpgsqlDbType.Integer,
        NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer,
        NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Smallint, NpgsqlDbType.Bytea,
    ];

    /// <summary>The values of <see cref="Columns"/>, one by one; the last is the MAC over all before it.</summary>
    public object?[] ToRow(RowMac? key = null)
    {
        key ??= RowMac.OfProcess;
        var agent = Authority?.Agent ?? Agent;
        var row = new object?[]
        {
            Id, Clean(Kind), AdmissionId, Origin?.RequestId, Clean(Origin?.Door), Clean(agent?.Id), Clean(agent?.Name),
            Clean(agent?.OwnerId ?? OwnerId), Authority?.TokenId ?? TokenId, Clean(Authority?.TokenPrefix ?? TokenPrefix),
            Clean(Tool), ProjectIds(),
            Projects.Count == 1 ? Clean(Projects[0].Key) : null, Clean(Card), Clean(Scope), Clean(Effect), Clean(Decision),
            Clean(Reason), Clean(Cause), Clean(ManifestDigest), KeyDigest, ArgumentDigest, UpstreamStatus,
            Duration is { } duration ? (int)duration.TotalMilliseconds : null, Clean(Origin?.ClientName),
            Clean(Origin?.ClientVersion), Clean(Origin?.ThreadId), Clean(Origin?.TraceParent), Clean(Origin?.RemoteAddress),
            Count, Clean(Actor), Epoch, Replica, key?.KeyId, null,
        };
        row[^1] = key?.Compute(RowFields.Write(row.AsSpan(..^1)));
        return row;
    }

    private Guid[]? ProjectIds() => Projects switch
    {
        [] => null,
        [var only] => [only.ProjectId],
        _ => [.. Projects.Select(grant => grant.ProjectId)],
    };

    public void AddTo(NpgsqlParameterCollection parameters, RowMac? key = null)
    {
        foreach (var (index, value) in ToRow(key).Index())
        {
            parameters.Add(new NpgsqlParameter { NpgsqlDbType = Types[index], Value = value ?? DBNull.Value });
        }
    }

    /// <summary>Appends it in the transaction that is open on the connection, if one is.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Insert, connection);
        AddTo(command.Parameters);
        await command.ExecuteNonQueryAsync(cancel);
    }

    // What a client calls itself must never make the entry fail: NUL and lone surrogates are no Postgres text.
    private static string? Clean(string? text)
    {
        if (text is null || (text.Length <= LongestText
            && !text.Contains('\0') && !text.AsSpan().ContainsAnyInRange('\ud800', '\udfff')))
        {
            return text;
        }

        var clean = new StringBuilder(LongestText);
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > LongestText)
            {
                break;
            }

            clean.Append(rune.Value == 0 ? Rune.ReplacementChar.ToString() : rune.ToString());
        }

        return clean.ToString();
    }
}
