using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.People;

/// <summary>The person a change is about, locked so that every change of one person waits for the one before.</summary>
internal sealed record Subject(Guid Id, string DisplayName, bool IsOperator, bool Blocked, string? Role)
{
    public static async Task<Subject> LockAsync(Visit visit, Guid id, string? client)
    {
        // Two statements: only one that starts after the wait sees what the change before it did.
        await visit.Connection.ExecuteAsync(new CommandDefinition(
            "SELECT FROM users WHERE id = @id FOR NO KEY UPDATE", new { id }, cancellationToken: visit.Cancel));
        return await visit.Connection.QuerySingleOrDefaultAsync<Subject>(new CommandDefinition(
            """
            SELECT u.id, u.display_name, u.is_operator, u.blocked, m.role
            FROM users AS u LEFT JOIN client_members AS m ON m.user_id = u.id AND m.client_id = @client
            WHERE u.id = @id
            """,
            new { id, client },
            cancellationToken: visit.Cancel)) ?? throw Refuse.User();
    }
}
