using Dapper;

namespace AgentGateway.Tasker.Operations;

/// <summary>One line of a card's history.</summary>
internal sealed record Entry(string Verb, string? Field, string? Old, string? New);

/// <summary>Writes who did what into the card's history, in the transaction of the deed.</summary>
internal static class History
{
    public static Task RecordAsync(Change change, Guid card, IReadOnlyList<Entry> entries, string? reason = null) =>
        entries.Count == 0 ? Task.CompletedTask : change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO issue_activities (id, issue_id, project_id, actor_id, agent_id, agent_name, owner_id, session_id,
                                          verb, field, old_value, new_value, reason, trace_id)
            SELECT e.id, @card, @project, @bot, @agent, @name, @owner, @session, e.verb, e.field, e.old, e.new, @reason, @trace
            FROM unnest(@ids, @verbs, @fields, @olds, @news) AS e(id, verb, field, old, new)
            """,
            new
            {
                card,
                project = change.Project.Id,
                bot = change.Bot,
                agent = change.Visit.Caller.AgentId,
                name = change.Visit.Caller.AgentName,
                owner = change.Visit.Owner.Id,
                session = change.Visit.Caller.Session,
                reason,
                trace = change.Visit.Caller.TraceId,
                ids = entries.Select(_ => Guid.CreateVersion7()).ToArray(),
                verbs = entries.Select(entry => entry.Verb).ToArray(),
                fields = entries.Select(entry => entry.Field).ToArray(),
                olds = entries.Select(entry => entry.Old).ToArray(),
                news = entries.Select(entry => entry.New).ToArray(),
            },
            cancellationToken: change.Visit.Cancel));
}
