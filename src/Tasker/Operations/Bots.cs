using AgentGateway.Tasker.Adapter;
using Dapper;

namespace AgentGateway.Tasker.Operations;

/// <summary>The tracker user of an agent, made at its first write: one per agent, owned by one person for good.</summary>
internal static class Bots
{
    public static async Task<Guid> OfAsync(Visit visit)
    {
        var bot = await FindAsync(visit);
        if (bot is null)
        {
            await visit.Connection.ExecuteAsync(
                "SELECT pg_advisory_xact_lock(hashtextextended('agent_bot:' || @AgentId, 0))", visit.Caller);
            bot = await FindAsync(visit) ?? await CreateAsync(visit);
        }

        if (bot.Owner != visit.Owner.Id || !bot.Active)
        {
            throw Refuse.Suspended(bot.Active
                ? "The agent belongs to another owner."
                : "The agent's user was deactivated in the tracker.");
        }

        if (bot.Name != visit.Caller.AgentName)
        {
            await RenameAsync(visit, bot.Id);
        }

        return bot.Id;
    }

    private static Task<Bot?> FindAsync(Visit visit) => visit.Connection.QuerySingleOrDefaultAsync<Bot>(new CommandDefinition(
        """
        SELECT b.user_id AS id, b.name, b.owner_id AS owner, u.is_active AS active
        FROM agent_bots b JOIN users u ON u.id = b.user_id
        WHERE b.agent_id = @AgentId
        """,
        visit.Caller,
        cancellationToken: visit.Cancel));

    private static async Task<Bot> CreateAsync(Visit visit)
    {
        var bot = new Bot { Id = Guid.CreateVersion7(), Name = visit.Caller.AgentName, Owner = visit.Owner.Id, Active = true };
        await visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO users (id, email, display_name, first_name, is_bot)
            VALUES (@Id, @email, @display, @Name, true);
            INSERT INTO agent_bots (agent_id, user_id, name, owner_id) VALUES (@agent, @Id, @Name, @Owner)
            """,
            new { bot.Id, bot.Name, bot.Owner, agent = visit.Caller.AgentId, email = $"{bot.Id:N}@agents.invalid", display = Display(bot.Name) },
            cancellationToken: visit.Cancel));
        return bot;
    }

    private static Task<int> RenameAsync(Visit visit, Guid bot) => visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        UPDATE agent_bots SET name = @name WHERE user_id = @bot;
        UPDATE users SET display_name = @display, first_name = @name WHERE id = @bot
        """,
        new { bot, name = visit.Caller.AgentName, display = Display(visit.Caller.AgentName) },
        cancellationToken: visit.Cancel));

    private static string Display(string agent) => $"Codex · {agent}";

    private sealed record Bot
    {
        public Guid Id { get; init; }

        public string Name { get; init; } = "";

        public Guid Owner { get; init; }

        public bool Active { get; init; }
    }
}
