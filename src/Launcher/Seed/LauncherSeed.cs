using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.Seed;

/// <summary>What the sample database holds, for the program that set it up.</summary>
internal sealed record SeedReport(string Client, string Contour, IReadOnlyList<SeedUser> Users);

/// <summary>A sample person.</summary>
internal sealed record SeedUser(Guid Id, string Name, string Email, string Role, bool Entitled);

/// <summary>Fills a migrated database with one client and four people, once; running it again changes nothing.</summary>
internal static class LauncherSeed
{
    private const string Client = "nodedc";
    private const string Contour = "operational-core";

    private static readonly SeedUser[] People =
    [
        new(Guid.Parse("0a1a2a3a-0000-4000-8000-00000000a001"), "Anna Petrova", "anna@nodedc.example", "root", Entitled: true),
        new(IdOf("boris"), "Boris Ivanov", "boris@nodedc.example", "admin", Entitled: true),
        new(IdOf("vera"), "Vera Sokolova", "vera@nodedc.example", "member", Entitled: false),
        new(IdOf("ivan"), "Иван Соколов", "ivan@nodedc.example", "member", Entitled: true),
    ];

    public static async Task<SeedReport> RunAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Two seeds at once wait for each other instead of colliding.
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtext('launcher seed'))");
        await connection.ExecuteAsync(
            """
            INSERT INTO clients (id, name) VALUES (@Client, 'Node DC') ON CONFLICT DO NOTHING;
            INSERT INTO contours (client_id, id, name) VALUES (@Client, @Contour, 'Operational Core') ON CONFLICT DO NOTHING;
            """,
            new { Client, Contour });
        foreach (var person in People)
        {
            await PersonAsync(connection, person);
        }

        await transaction.CommitAsync(cancel);
        return new SeedReport(Client, Contour, People);
    }

    private static async Task PersonAsync(NpgsqlConnection connection, SeedUser person)
    {
        var root = person.Role == "root";
        await connection.ExecuteAsync(
            """
            INSERT INTO users (id, email, display_name, is_operator) VALUES (@Id, @Email, @Name, @root) ON CONFLICT DO NOTHING;
            INSERT INTO client_members (client_id, user_id, role) VALUES (@Client, @Id, @Role) ON CONFLICT DO NOTHING;
            """,
            new { person.Id, person.Email, person.Name, person.Role, root, Client });
        if (!person.Entitled)
        {
            return;
        }

        // An entitlement that exists was decided by someone; a sample never takes that back.
        await connection.ExecuteAsync(
            """
            WITH made AS (
                INSERT INTO entitlements (client_id, user_id, module, enabled, reason, version, changed_by, changed_at)
                VALUES (@Client, @Id, 'codex_agents', true, 'sample', 1, 'seed', clock_timestamp())
                ON CONFLICT DO NOTHING
                RETURNING client_id, user_id, module, version, enabled, reason, changed_by, changed_at
            ), audited AS (
                INSERT INTO audit (at, actor, action, client_id, user_id, module, version, enabled, blocked, reason)
                SELECT changed_at, changed_by, 'module_enabled', client_id, user_id, module, version, enabled, false, reason FROM made
            )
            INSERT INTO outbox (client_id, user_id, module, version, enabled, blocked, reason, actor, occurred_at)
            SELECT client_id, user_id, module, version, enabled, false, reason, changed_by, changed_at FROM made
            """,
            new { Client, person.Id });
    }

    // The same name has the same id in every database; Tasker's sample makes its people's ids by the same rule.
    private static Guid IdOf(string handle)
    {
        Span<byte> bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"nodedc/user/{handle}")).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
