using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.SignIn;

/// <summary>Whom a link signs in, and until when.</summary>
internal sealed record SignInLink(Guid User, string Name, string Code, DateTime ExpiresAt);

/// <summary>A person a link or a button would sign in.</summary>
public sealed record SignInPerson(Guid Id, string Name, string Email, bool Manages);

/// <summary>Makes links that sign a person in once within five minutes; blocked people get none, and theirs work no more.</summary>
internal sealed class SignInLinks(NpgsqlDataSource database)
{
    private const int CodeBytes = 32;
    private const int CodeLength = 43;
    private const int MostListed = 24;

    private const string Columns =
        """
        u.id, u.display_name AS name, u.email, (u.is_operator OR EXISTS (
            SELECT FROM client_members AS m WHERE m.user_id = u.id AND m.role IN ('root', 'admin'))) AS manages
        """;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>Null: nobody has this id, or they are blocked.</summary>
    public async Task<SignInLink?> MakeAsync(Guid user, CancellationToken cancel)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(CodeBytes));
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<SignInLink>(new CommandDefinition(
            """
            WITH swept AS (
                DELETE FROM sign_in_links WHERE expires_at < clock_timestamp()
            ), made AS (
                INSERT INTO sign_in_links (code_hash, user_id, expires_at)
                SELECT @Hash, id, clock_timestamp() + @Life FROM users WHERE id = @user AND NOT blocked
                RETURNING user_id, expires_at
            )
            SELECT made.user_id AS "user", u.display_name AS name, @code AS code, made.expires_at
            FROM made JOIN users AS u ON u.id = made.user_id
            """,
            new { user, code, Hash = Hash(code), Life },
            cancellationToken: cancel));
    }

    /// <summary>Whom the link would sign in; looking does not use it up.</summary>
    public async Task<SignInPerson?> FindAsync(string code, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return code.Length != CodeLength ? null : await connection.QuerySingleOrDefaultAsync<SignInPerson>(new CommandDefinition(
            $"""
            SELECT {Columns}
            FROM sign_in_links AS l JOIN users AS u ON u.id = l.user_id
            WHERE l.code_hash = @Hash AND l.expires_at > clock_timestamp() AND NOT u.blocked
            """,
            new { Hash = Hash(code) },
            cancellationToken: cancel));
    }

    /// <summary>Uses the link up; of two who try at once one gets the person, the other null.</summary>
    public async Task<SignInPerson?> SpendAsync(string code, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return code.Length != CodeLength ? null : await connection.QuerySingleOrDefaultAsync<SignInPerson>(new CommandDefinition(
            $"""
            WITH spent AS (
                DELETE FROM sign_in_links WHERE code_hash = @Hash RETURNING user_id, expires_at
            ), valid AS (
                SELECT {Columns} FROM spent JOIN users AS u ON u.id = spent.user_id
                WHERE spent.expires_at > clock_timestamp() AND NOT u.blocked
            ), audited AS (
                INSERT INTO audit (at, actor, action, user_id, reason) SELECT clock_timestamp(), id::text, 'signed_in', id, '' FROM valid
            )
            SELECT id, name, email, manages FROM valid
            """,
            new { Hash = Hash(code) },
            cancellationToken: cancel));
    }

    /// <summary>Those who may be signed in by a button of the demonstration.</summary>
    public async Task<IReadOnlyList<SignInPerson>> EveryoneAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<SignInPerson>(new CommandDefinition(
            $"SELECT {Columns} FROM users AS u WHERE NOT u.blocked ORDER BY u.created_at, u.id LIMIT @MostListed",
            new { MostListed },
            cancellationToken: cancel))];
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
