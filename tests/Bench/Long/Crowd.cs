using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Bench.Servers;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Bench.Long;

/// <summary>Many agents with tokens and grants, put into the gateway's tables as its own command would, only faster.</summary>
internal sealed class Crowd(string database, string tokenPepper)
{
    public const int GrantsPerAgent = 10;

    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private readonly byte[] _pepper = Encoding.UTF8.GetBytes(tokenPepper);

    /// <summary>After the gateway's command has made an agent, whose token says which pepper rows are under.</summary>
    /// <returns>A token of each agent.</returns>
    public async Task<IReadOnlyList<string>> MakeAsync(int agents, CancellationToken cancel)
    {
        var tokens = Enumerable.Range(0, agents).Select(_ => NewToken()).ToList();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancel);
        await ExecuteAsync(
            connection,
            $"""
            INSERT INTO agents (id, name, owner_id, owner_name, workspace, mode)
            SELECT 'ag_' || lpad(n::text, 16, '0'), 'agent ' || n, 'u-' || n / 4, 'Bench', '{AdapterAnswers.Workspace}', 'full'
            FROM generate_series(0, $1 - 1) AS n
            """,
            agents,
            cancel);
        await CopyTokensAsync(connection, tokens, cancel);
        await ExecuteAsync(
            connection,
            $$"""
            INSERT INTO grants (agent_id, project_id, project_key, project_name, scopes, bundle)
            SELECT 'ag_' || lpad((n / {{GrantsPerAgent}})::text, 16, '0'), gen_random_uuid(), 'P' || n % 100000, 'Project ' || n,
                   '{project:read,member:read,card:read,card:comment,card:link,session:report}', 'reporter'
            FROM generate_series(0, $1 * {{GrantsPerAgent}} - 1) AS n
            """,
            agents,
            cancel);
        foreach (var statement in (string[])["VACUUM ANALYZE", "CHECKPOINT"])
        {
            await ExecuteAsync(connection, statement, null, cancel);
        }

        return tokens;
    }

    private async Task CopyTokensAsync(NpgsqlConnection connection, List<string> tokens, CancellationToken cancel)
    {
        await using var version = new NpgsqlCommand("SELECT pepper_version FROM tokens LIMIT 1", connection);
        var pepperVersion = (short)(await version.ExecuteScalarAsync(cancel))!;
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY tokens (id, agent_id, digest, pepper_version, prefix, label) FROM STDIN (FORMAT BINARY)", cancel);
        for (var number = 0; number < tokens.Count; number++)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync($"ag_{number:D16}", NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(
                HMACSHA256.HashData(_pepper, Encoding.ASCII.GetBytes(tokens[number])), NpgsqlDbType.Bytea, cancel);
            await copy.WriteAsync(pepperVersion, NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(tokens[number][..12], NpgsqlDbType.Text, cancel);
            await copy.WriteAsync("bench", NpgsqlDbType.Text, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    // As the gateway forms them: a scheme, random characters, a checksum in base62.
    private static string NewToken()
    {
        var body = "ndca1_" + RandomNumberGenerator.GetString(Base62, 43);
        var rest = Crc32.HashToUInt32(Encoding.ASCII.GetBytes(body));
        var checksum = new char[6];
        for (var place = checksum.Length - 1; place >= 0; place--)
        {
            checksum[place] = Base62[(int)(rest % Base62.Length)];
            rest /= (uint)Base62.Length;
        }

        return body + new string(checksum);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, int? number, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        if (number is { } value)
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = value });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }
}
