using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Agents.Features;

/// <summary>What a workspace and its projects allow agents; Tasker's adapter asks for it at each call.</summary>
internal sealed class FeatureBook(NpgsqlDataSource database)
{
    public async Task<IReadOnlyList<ProjectLimit>> ProjectsAsync(Guid workspace, Guid person, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<ProjectLimit>(new CommandDefinition(
            """
            SELECT p.id, p.identifier AS key, p.name, p.agents_enabled AS agentsenabled, p.agent_max_scopes AS maxscopes,
                   EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.member_id = @person
                           AND m.is_active AND m.deleted_at IS NULL) AS ismember
            FROM projects p
            WHERE p.workspace_id = @workspace AND p.deleted_at IS NULL AND p.archived_at IS NULL
            ORDER BY p.identifier
            """,
            new { workspace, person },
            cancellationToken: cancel))).AsList();
    }

    /// <summary>False when the workspace has no such project.</summary>
    /// <param name="maximum">A bundle's name; anything else closes the project to agents and leaves its limit as it was.</param>
    public async Task<bool> LimitAsync(Guid workspace, string project, string maximum, CancellationToken cancel)
    {
        var scopes = Bundles.Scopes(maximum).ToArray();
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE projects
            SET agents_enabled = @enabled, agent_max_scopes = CASE WHEN @enabled THEN @scopes ELSE agent_max_scopes END
            WHERE workspace_id = @workspace AND identifier = @project AND deleted_at IS NULL AND archived_at IS NULL
            """,
            new { workspace, project, scopes, enabled = scopes.Length > 0 },
            cancellationToken: cancel)) > 0;
    }

    /// <summary>Everybody who may own agents there: members, former ones too, and whoever an agent ever acted for.</summary>
    public async Task<IReadOnlyList<Guid>> OwnersAsync(Guid workspace, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<Guid>(new CommandDefinition(
            """
            SELECT m.member_id FROM workspace_members m JOIN users u ON u.id = m.member_id
            WHERE m.workspace_id = @workspace AND NOT u.is_bot
            UNION
            SELECT owner_id FROM agent_bots
            """,
            new { workspace },
            cancellationToken: cancel))).AsList();
    }

    /// <summary>The card each agent changed last, and when.</summary>
    public async Task<IReadOnlyDictionary<string, LastCard>> LastCardsAsync(IReadOnlyList<string> agents, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<LastCard>(new CommandDefinition(
            """
            SELECT w.agent, p.identifier AS project, i.sequence_id AS number, i.name AS title
            FROM unnest(@agents) AS w(agent)
            CROSS JOIN LATERAL (
                SELECT issue_id FROM issue_activities a WHERE a.agent_id = w.agent ORDER BY created_at DESC, id DESC LIMIT 1) l
            JOIN issues i ON i.id = l.issue_id AND i.deleted_at IS NULL
            JOIN projects p ON p.id = i.project_id
            """,
            new { agents = agents.ToArray() },
            cancellationToken: cancel))).ToDictionary(row => row.Agent, StringComparer.Ordinal);
    }
}
