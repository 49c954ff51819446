using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board.History;

/// <summary>A workspace and whether agents may act in it.</summary>
internal sealed record WorkspaceRow(Guid Id, string Name, bool AgentsEnabled);

/// <summary>The switch that lets agents into a workspace or keeps all of them out; each call asks it anew.</summary>
internal sealed class AgentSwitch(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<WorkspaceRow>> ListAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<WorkspaceRow>(new CommandDefinition(
            """
            SELECT w.id, w.name, coalesce(f.agents_enabled, false) AS agentsenabled
            FROM workspaces w LEFT JOIN features f ON f.workspace_id = w.id
            ORDER BY w.name, w.id
            """,
            cancellationToken: cancel))).AsList();
    }

    /// <summary>False when there is no such workspace.</summary>
    /// <param name="by">Who turned it; null where nobody signs in.</param>
    public async Task<bool> TurnAsync(Guid workspace, bool enabled, CancellationToken cancel, Guid? by = null)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO features (workspace_id, agents_enabled, updated_by) SELECT id, @enabled, @by FROM workspaces WHERE id = @workspace
            ON CONFLICT (workspace_id) DO UPDATE
            SET agents_enabled = excluded.agents_enabled, updated_at = clock_timestamp(), updated_by = excluded.updated_by
            """,
            new { workspace, enabled, by },
            cancellationToken: cancel)) > 0;
    }
}
