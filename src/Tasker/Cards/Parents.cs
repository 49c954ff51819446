using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards;

/// <summary>Finds the card a request names as parent: in the same project, visible, and never below its own child.</summary>
internal static class Parents
{
    private const int DeepestTree = 100;

    public static async Task<CardRow> FindAsync(Visit visit, ProjectRow project, string text, string pointer)
    {
        if (CardKey.Parse(text) is not { } key)
        {
            throw Refuse.Field(pointer, "must be a card key such as NDC-12");
        }

        var home = await ProjectRow.OfCardAsync(visit, key);
        return await CardRow.FindAsync(visit, home, key.Number) is { Visible: true } card && home.Id == project.Id
            ? card
            : throw Refuse.Card(key.ToString(), pointer);
    }

    public static async Task RefuseCycleAsync(Change change, Guid parent)
    {
        // One at a time per project: two moves that are each fine alone can close a circle together.
        await ProjectLock.TakeAsync(change);
        var above = await change.Visit.Connection.QueryAsync<Guid>(new CommandDefinition(
            """
            WITH RECURSIVE up(id, depth) AS (
                SELECT @parent::uuid, 1
                UNION ALL
                SELECT i.parent_id, up.depth + 1 FROM up JOIN issues i ON i.id = up.id
                WHERE i.parent_id IS NOT NULL AND up.depth < @deepest)
            SELECT id FROM up
            """,
            new { parent, deepest = DeepestTree },
            cancellationToken: change.Visit.Cancel));
        if (above.Contains(change.Card.Id))
        {
            throw Refuse.Field("/parent", "would make the card its own parent");
        }
    }
}
