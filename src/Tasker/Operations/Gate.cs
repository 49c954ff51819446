using AgentGateway.Tasker.Adapter;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>Asks the database, at each request, whether agents may act here now: switch, owner, deadline.</summary>
internal sealed class Gate(TaskerSettings settings)
{
    public async Task<Visit> PassAsync(NpgsqlConnection connection, Caller caller, CancellationToken cancel)
    {
        var found = await LookAsync(connection, caller, cancel) ?? throw Refuse.Project();
        if (found.Late)
        {
            throw Late();
        }

        if (!found.Enabled)
        {
            throw Refuse.AgentsDisabled();
        }

        return new Visit
        {
            Caller = caller,
            Workspace = found.Id,
            Owner = new Owner(caller.Owner, found.Owner ?? throw Refuse.Suspended("The agent's owner is no active member of the workspace.")),
            Connection = connection,
            PublicUrl = settings.PublicUrl,
            StaleAfter = settings.SessionStaleAfter,
            Cancel = cancel,
        };
    }

    public static RefusalException Late() => Refuse.Conflict(
        "not_after_passed", "Too late", "The request arrived after the time it was meant for; nothing was changed.", retryable: true);

    public static Task<Workspace?> LookAsync(NpgsqlConnection connection, Caller caller, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Workspace>(new CommandDefinition(
            """
            SELECT w.id, w.slug, w.name, coalesce(f.agents_enabled, false) AS enabled,
                   coalesce(clock_timestamp() > @late::timestamptz, false) AS late,
                   (SELECT u.display_name FROM users u JOIN workspace_members m ON m.member_id = u.id
                    WHERE u.id = @owner AND u.is_active AND NOT u.is_bot
                      AND m.workspace_id = w.id AND m.is_active AND m.deleted_at IS NULL) AS owner,
                   (SELECT b.user_id FROM agent_bots b WHERE b.agent_id = @agent) AS bot
            FROM workspaces w
            LEFT JOIN features f ON f.workspace_id = w.id
            WHERE w.slug = @slug
            """,
            new { slug = caller.Workspace, owner = caller.Owner, agent = caller.AgentId, late = caller.NotAfter },
            cancellationToken: cancel));

    /// <summary>The workspace of a request, with what decides about it.</summary>
    internal sealed record Workspace
    {
        public Guid Id { get; init; }

        public string Slug { get; init; } = "";

        public string Name { get; init; } = "";

        public bool Enabled { get; init; }

        public bool Late { get; init; }

        public string? Owner { get; init; }

        public Guid? Bot { get; init; }
    }
}
