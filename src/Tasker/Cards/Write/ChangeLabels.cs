using System.Text.Json.Nodes;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>Adds and removes labels the project has; none is ever made up.</summary>
internal static class ChangeLabels
{
    public static readonly Write<Delta> Write = new("card:label", Delta.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, Delta delta)
    {
        var all = await LabelRow.ResolveAsync(change.Visit, change.Project, [.. delta.Add, .. delta.Remove]);
        var names = all.DistinctBy(label => label.Id).ToDictionary(label => label.Id, label => label.Name);
        var present = await PresentAsync(change);
        var (added, removed) = delta.Against(
            [.. present.Select(label => label.Id)],
            [.. all.Take(delta.Add.Count).Select(label => label.Id)],
            [.. all.Skip(delta.Add.Count).Select(label => label.Id)]);
        await InsertAsync(change, change.Card.Id, added);
        await RemoveAsync(change, removed);
        await History.RecordAsync(change, change.Card.Id,
        [
            .. added.Select(id => new Entry("updated", "labels", null, names[id])),
            .. removed.Select(id => new Entry("updated", "labels", names[id], null)),
        ]);

        var before = present.Select(label => label.Name).ToList();
        var after = before.Except(removed.Select(id => names[id])).Concat(added.Select(id => names[id])).ToList();
        var receipt = Receipt.For(change) with
        {
            Changed = added.Length + removed.Length > 0 ? ["labels"] : [],
            Before = new JsonObject { ["labels"] = Array(before) },
            After = new JsonObject { ["labels"] = Array(after) },
            Added = [.. added.Select(id => names[id])],
            Removed = [.. removed.Select(id => names[id])],
        };
        return await receipt.ToOutcomeAsync(change.Visit, change.Project, change.Card.Number);
    }

    public static JsonArray Array(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];

    public static Task InsertAsync(Change change, Guid card, Guid[] labels) => labels is [] ? Task.CompletedTask :
        change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO issue_labels (id, issue_id, label_id)
            SELECT gen_random_uuid(), @card, l.id FROM unnest(@labels) AS l(id)
            ON CONFLICT (issue_id, label_id) WHERE deleted_at IS NULL DO NOTHING
            """,
            new { card, labels },
            cancellationToken: change.Visit.Cancel));

    private static Task RemoveAsync(Change change, Guid[] labels) => labels is [] ? Task.CompletedTask :
        change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE issue_labels SET deleted_at = clock_timestamp()
            WHERE issue_id = @Id AND label_id = ANY(@labels) AND deleted_at IS NULL
            """,
            new { change.Card.Id, labels },
            cancellationToken: change.Visit.Cancel));

    private static async Task<List<LabelRow>> PresentAsync(Change change) =>
        (await change.Visit.Connection.QueryAsync<LabelRow>(new CommandDefinition(
            """
            SELECT l.id, l.name FROM issue_labels x JOIN labels l ON l.id = x.label_id
            WHERE x.issue_id = @Id AND x.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY l.sort_order, l.name
            """,
            new { change.Card.Id },
            cancellationToken: change.Visit.Cancel))).AsList();
}
