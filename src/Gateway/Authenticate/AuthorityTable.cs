using System.Collections.Frozen;
using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>A token's row with everything it stands for, read in one statement and so of one moment.</summary>
internal sealed record AuthorityRow
{
    public required byte[] Digest { get; init; }

    public required Authority Authority { get; init; }

    public required string AgentStatus { get; init; }

    /// <summary>Whether the Launcher lets the owner have agents at all; null: it has said nothing yet.</summary>
    public required bool? Entitled { get; init; }

    /// <summary>Whether the Launcher's word is so old that it holds no more.</summary>
    public required bool EntitlementStale { get; init; }

    public required bool TokenRevoked { get; init; }

    public required bool TokenExpired { get; init; }
}

/// <summary>
/// Reads authorities from agents, tokens and grants; callers bound how long they wait, a query is never cancelled.
/// </summary>
/// <param name="staleness">For how long the Launcher's word holds after it was last confirmed; null: for ever.</param>
internal sealed class AuthorityTable(NpgsqlDataSource database, TimeSpan? staleness = null)
{
    private const string Facts =
        """
        t.id, t.prefix, t.revoked_at IS NOT NULL, coalesce(t.expires_at <= clock_timestamp(), false),
               coalesce(t.expires_at, 'infinity'), a.id, a.name, a.owner_id, a.owner_name, a.workspace, a.mode, a.status,
               a.authority_version, g.project_id, g.project_key, g.former_keys, g.project_name, g.scopes,
               (SELECT bool_or(e.enabled) AND NOT bool_or(e.blocked) FROM entitlements AS e WHERE e.user_id = a.owner_id),
               a.call_rate, a.call_burst, a.write_rate, a.write_burst,
               (SELECT min(e.confirmed_at) + $1 FROM entitlements AS e WHERE e.user_id = a.owner_id),
               clock_timestamp(),
               (SELECT json_agg(json_build_array(s.id, s.project_id, s.card_number, s.project_key, s.goal, s.started_at)
                                ORDER BY s.started_at DESC)::text
                FROM work_sessions AS s WHERE s.agent_id = a.id AND s.ended_at IS NULL AND s.started_at IS NOT NULL)
        FROM tokens AS t
        JOIN agents AS a ON a.id = t.agent_id
        LEFT JOIN grants AS g ON g.agent_id = a.id AND g.revoked_at IS NULL
        """;

    private const string Select = $"SELECT t.digest, {Facts}";

    // For reviewers' roles, which may not read what tokens are stored as.
    private const string ForReview = $"SELECT ''::bytea, {Facts} WHERE t.id = $2 ORDER BY g.project_key";

    private const string ByDigest = $"{Select} WHERE t.digest = $2 AND t.pepper_version = ANY($3) ORDER BY g.project_key";

    private const string ById = $"{Select} WHERE t.id = $2 ORDER BY g.project_key";

    /// <summary>What holds for owners of whom the Launcher has said nothing; null: nothing.</summary>
    public EntitlementRule? Rule { get; init; }

    /// <param name="digest">Of the token under one pepper.</param>
    /// <param name="pepperVersions">What a row under that pepper says; one that says something else never matches.</param>
    public Task<AuthorityRow?> FindByDigestAsync(byte[] digest, short[] pepperVersions)
    {
        var command = Command(ByDigest);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = digest });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = pepperVersions });
        return ReadAsync(command);
    }

    /// <summary>Stores a token under the current pepper, unless somebody has done so; nothing of its authority changes.</summary>
    public async Task RehashAsync(Guid tokenId, byte[] before, byte[] now, short pepperVersion)
    {
        await using var command = database.CreateCommand(
            "UPDATE tokens SET digest = $3, pepper_version = $4 WHERE id = $1 AND digest = $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tokenId });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = before });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = pepperVersion });
        await command.ExecuteNonQueryAsync();
    }

    public Task<AuthorityRow?> FindByTokenIdAsync(Guid tokenId) => FindAsync(ById, tokenId);

    /// <summary>The same without the digest, so that a role that may not read digests can ask; it opens nothing.</summary>
    public Task<AuthorityRow?> ReviewAsync(Guid tokenId) => FindAsync(ForReview, tokenId);

    private Task<AuthorityRow?> FindAsync(string sql, Guid tokenId)
    {
        var command = Command(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = tokenId });
        return ReadAsync(command);
    }

    /// <summary>Whether nothing changed since the authority was read, and it has not run out: one row by primary key.</summary>
    public async Task<bool> IsCurrentAsync(Authority authority)
    {
        await using var command = database.CreateCommand(
            """
            SELECT EXISTS (
                SELECT FROM agents
                WHERE id = $1 AND status = 'active' AND authority_version = $2 AND $3 > clock_timestamp())
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = authority.Agent.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = authority.Version });
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = authority.ValidUntil });
        return await command.ExecuteScalarAsync() is true;
    }

    private NpgsqlCommand Command(string sql)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Interval, Value = (object?)staleness ?? DBNull.Value });
        return command;
    }

    private static async Task<AuthorityRow?> ReadAsync(NpgsqlCommand command)
    {
        await using var owned = command;
        await using var reader = await command.ExecuteReaderAsync();
        AuthorityRow? row = null;
        var grants = new List<Grant>();
        while (await reader.ReadAsync())
        {
            row ??= ReadRow(reader, grants);
            if (!reader.IsDBNull(14))
            {
                grants.Add(ReadGrant(reader));
            }
        }

        return row;
    }

    private static AuthorityRow ReadRow(NpgsqlDataReader reader, IReadOnlyList<Grant> grants) => new()
    {
        Digest = reader.GetFieldValue<byte[]>(0),
        TokenRevoked = reader.GetBoolean(3),
        TokenExpired = reader.GetBoolean(4),
        AgentStatus = reader.GetString(12),
        Entitled = reader.IsDBNull(19) ? null : reader.GetBoolean(19),
        EntitlementStale = EntitledUntil(reader) <= reader.GetFieldValue<DateTimeOffset>(25),
        Authority = new Authority
        {
            TokenId = reader.GetGuid(1),
            TokenPrefix = reader.GetString(2),
            ValidUntil = Earlier(reader.GetFieldValue<DateTimeOffset>(5), EntitledUntil(reader)),
            Version = reader.GetInt64(13),
            Grants = grants,
            Sessions = reader.IsDBNull(26) ? [] : ReadSessions(reader.GetString(26)),
            Limits = new AgentLimits(ReadRate(reader, 20), ReadRate(reader, 22)),
            Agent = new Agent
            {
                Id = reader.GetString(6),
                Name = reader.GetString(7),
                OwnerId = reader.GetString(8),
                OwnerName = reader.GetString(9),
                Workspace = reader.GetString(10),
                Mode = AgentModes.Parse(reader.GetString(11)),
            },
        },
    };

    private static Rate? ReadRate(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new Rate(reader.GetDouble(column), reader.GetDouble(column + 1));

    private static IReadOnlyList<OpenSession> ReadSessions(string rows)
    {
        using var json = JsonDocument.Parse(rows);
        return
        [
            .. json.RootElement.EnumerateArray().Select(row => new OpenSession(
                row[0].GetGuid(), row[1].GetGuid(), row[2].GetInt32(), $"{row[3]}-{row[2]}", row[4].GetString()!,
                row[5].GetDateTimeOffset())),
        ];
    }

    private static DateTimeOffset EntitledUntil(NpgsqlDataReader reader) =>
        reader.IsDBNull(24) ? DateTimeOffset.MaxValue : reader.GetFieldValue<DateTimeOffset>(24);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static Grant ReadGrant(NpgsqlDataReader reader) => new()
    {
        ProjectId = reader.GetGuid(14),
        Key = reader.GetString(15),
        FormerKeys = reader.GetFieldValue<string[]>(16),
        Name = reader.GetString(17),
        // A scope that this program does not know is not handed on.
        Scopes = reader.GetFieldValue<string[]>(18).Where(Scopes.All.Contains).ToFrozenSet(StringComparer.Ordinal),
    };
}
