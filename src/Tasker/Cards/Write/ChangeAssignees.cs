using System.Text.Json.Nodes;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>Gives a card to people of its project and takes it from them: all of them, or nothing is changed.</summary>
internal static class ChangeAssignees
{
    public static readonly Write<Delta> Write = new("card:assign", Delta.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, Delta delta)
    {
        var people = await People.OfWorkspaceAsync(change.Visit, change.Project.Id);
        var present = await PresentAsync(change);
        // Who has left the workspace can still be taken off a card.
        var removable = new People([.. present, .. people.Known.ExceptBy(present.Select(one => one.Id), one => one.Id)], change.Visit.Owner);
        var add = await people.AssignableAsync(change.Visit, delta.Add);
        var remove = await removable.ResolveAsync(change.Visit, delta.Remove);
        var handles = present.Concat(people.Known).DistinctBy(person => person.Id).ToDictionary(person => person.Id, person => person.Handle);
        var (added, removed) = delta.Against(
            [.. present.Select(person => person.Id)], [.. add.Select(person => person.Id)], [.. remove.Select(person => person.Id)]);
        await InsertAsync(change, change.Card.Id, added);
        await RemoveAsync(change, removed);
        await History.RecordAsync(change, change.Card.Id,
        [
            .. added.Select(id => new Entry("updated", "assignees", null, handles[id])),
            .. removed.Select(id => new Entry("updated", "assignees", handles[id], null)),
        ]);

        var before = present.Select(person => person.Id).ToList();
        var receipt = Receipt.For(change) with
        {
            Changed = added.Length + removed.Length > 0 ? ["assignees"] : [],
            Before = new JsonObject { ["assignees"] = ChangeLabels.Array(before.Select(id => handles[id])) },
            After = new JsonObject { ["assignees"] = ChangeLabels.Array(before.Except(removed).Concat(added).Select(id => handles[id])) },
            Added = [.. added.Select(id => handles[id])],
            Removed = [.. removed.Select(id => handles[id])],
        };
        return await receipt.ToOutcomeAsync(change.Visit, change.Project, change.Card.Number);
    }

    public static Task InsertAsync(Change change, Guid card, Guid[] people) => people is [] ? Task.CompletedTask :
        change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO issue_assignees (id, issue_id, assignee_id)
            SELECT gen_random_uuid(), @card, p.id FROM unnest(@people) AS p(id)
            ON CONFLICT (issue_id, assignee_id) WHERE deleted_at IS NULL DO NOTHING
            """,
            new { card, people },
            cancellationToken: change.Visit.Cancel));

    private static Task RemoveAsync(Change change, Guid[] people) => people is [] ? Task.CompletedTask :
        change.Visit.Connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE issue_assignees SET deleted_at = clock_timestamp()
            WHERE issue_id = @Id AND assignee_id = ANY(@people) AND deleted_at IS NULL
            """,
            new { change.Card.Id, people },
            cancellationToken: change.Visit.Cancel));

    private static async Task<List<Person>> PresentAsync(Change change) =>
        (await change.Visit.Connection.QueryAsync<Person>(new CommandDefinition(
            """
            SELECT u.id, u.display_name AS handle, u.email, btrim(u.first_name || ' ' || u.last_name) AS name,
                   fold(u.display_name) AS foldedhandle, fold(btrim(u.first_name || ' ' || u.last_name)) AS foldedname
            FROM issue_assignees a JOIN users u ON u.id = a.assignee_id
            WHERE a.issue_id = @Id AND a.deleted_at IS NULL ORDER BY a.created_at, u.id
            """,
            new { change.Card.Id },
            cancellationToken: change.Visit.Cancel))).AsList();
}
