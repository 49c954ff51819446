using AgentGateway.Canon.SignIn;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.SignIn;

/// <summary>Finds who a signed-in person is here; somebody who was deactivated is nobody from that moment on.</summary>
internal sealed class MemberBook(NpgsqlDataSource database)
{
    private const int Admin = 20;

    /// <summary>Null: Tasker has no such person, or none that is active in any workspace.</summary>
    public async Task<Member?> FindAsync(Person person, CancellationToken cancel)
    {
        if (!Guid.TryParseExact(person.Id, "D", out var id))
        {
            return null;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT u.display_name AS person, w.id, w.slug, w.name, coalesce(f.agents_enabled, false) AS agentsenabled, m.role
            FROM users u
            JOIN workspace_members m ON m.member_id = u.id AND m.is_active AND m.deleted_at IS NULL
            JOIN workspaces w ON w.id = m.workspace_id
            LEFT JOIN features f ON f.workspace_id = w.id
            WHERE u.id = @id AND u.is_active AND NOT u.is_bot
            ORDER BY w.name, w.id
            """,
            new { id },
            cancellationToken: cancel))).AsList();
        var mayChange = person.Role is not Role.Reviewer;
        return rows.Count == 0 ? null : new Member
        {
            Id = id,
            Name = rows[0].Person,
            MayChange = mayChange,
            Workspaces =
            [
                .. rows.Select(row => new Membership
                {
                    Id = row.Id,
                    Slug = row.Slug,
                    Name = row.Name,
                    AgentsEnabled = row.AgentsEnabled,
                    // The Launcher's administrators are administrators here too, where they are members at all.
                    IsAdmin = mayChange && (row.Role >= Admin || person.Role is Role.Admin),
                }),
            ],
        };
    }

    private sealed record Row
    {
        public string Person { get; init; } = "";

        public Guid Id { get; init; }

        public string Slug { get; init; } = "";

        public string Name { get; init; } = "";

        public bool AgentsEnabled { get; init; }

        public short Role { get; init; }
    }
}
