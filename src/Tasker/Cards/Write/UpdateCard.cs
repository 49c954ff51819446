using System.Globalization;
using System.Text.Json.Nodes;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>The closed list of fields an agent may set.</summary>
internal sealed record CardPatch(
    string? Title, string? Priority, Field<string> Parent, Field<DateOnly?> StartDate, Field<DateOnly?> DueDate, Field<string> Estimate)
{
    public static CardPatch Read(RequestBody body)
    {
        body.Only("title", "priority", "parent", "start_date", "due_date", "estimate");
        if (!body.Root.EnumerateObject().Any())
        {
            body.Add("", "at least one field must be given");
        }

        return new CardPatch(
            body.Line("title", 255),
            body.OneOf("priority", "urgent", "high", "medium", "low", "none"),
            body.Nullable("parent", 80),
            body.Date("start_date"),
            body.Date("due_date"),
            body.Nullable("estimate", 40));
    }
}

/// <summary>Sets fields of a card; a title only against the revision it was read at.</summary>
internal static class UpdateCard
{
    public static readonly Write<CardPatch> Write = new("card:update", CardPatch.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, CardPatch patch)
    {
        Precondition.Check(change, required: patch.Title is not null);
        var before = change.Card;
        var estimate = patch.Estimate.Present ? await EstimateRow.ResolveAsync(change.Visit, change.Project, patch.Estimate.Value) : null;
        var parent = await ParentAsync(change, patch);
        var after = before with
        {
            Title = patch.Title ?? before.Title,
            Priority = patch.Priority ?? before.Priority,
            Parent = patch.Parent.Present ? parent?.Id : before.Parent,
            StartDate = patch.StartDate.Present ? Text(patch.StartDate.Value) : before.StartDate,
            DueDate = patch.DueDate.Present ? Text(patch.DueDate.Value) : before.DueDate,
            EstimatePoint = patch.Estimate.Present ? estimate?.Id : before.EstimatePoint,
        };
        if (string.CompareOrdinal(after.StartDate, after.DueDate) > 0 && after.DueDate is not null)
        {
            throw Refuse.Field(patch.StartDate.Present ? "/start_date" : "/due_date", "the start date would lie after the due date");
        }

        var entries = await EntriesAsync(change, before, after, parent, estimate);
        if (entries.Count > 0)
        {
            await UpdateAsync(change, after);
            await History.RecordAsync(change, before.Id, entries);
        }

        var receipt = Receipt.For(change) with
        {
            Changed = [.. entries.Select(entry => Name(entry.Field!))],
            Before = new JsonObject(entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(Name(entry.Field!), entry.Old))),
            After = new JsonObject(entries.Select(entry => KeyValuePair.Create<string, JsonNode?>(Name(entry.Field!), entry.New))),
        };
        return await receipt.ToOutcomeAsync(change.Visit, change.Project, before.Number);
    }

    private static async Task<CardRow?> ParentAsync(Change change, CardPatch patch)
    {
        if (patch.Parent is not { Present: true, Value: { } key })
        {
            return null;
        }

        var parent = await Parents.FindAsync(change.Visit, change.Project, key, "/parent");
        await Parents.RefuseCycleAsync(change, parent.Id);
        return parent;
    }

    private static async Task<List<Entry>> EntriesAsync(Change change, CardRow before, CardRow after, CardRow? parent, EstimateRow? estimate)
    {
        var entries = new List<Entry>();
        Compare("name", before.Title, after.Title);
        Compare("priority", before.Priority, after.Priority);
        Compare("start_date", before.StartDate, after.StartDate);
        Compare("target_date", before.DueDate, after.DueDate);
        if (before.Parent != after.Parent)
        {
            entries.Add(new Entry("updated", "parent", await KeyAsync(change, before.Parent), parent?.Key));
        }

        if (before.EstimatePoint != after.EstimatePoint)
        {
            entries.Add(new Entry("updated", "estimate_point", await ValueAsync(change, before.EstimatePoint), estimate?.Value));
        }

        return entries;

        void Compare(string field, string? old, string? now)
        {
            if (old != now)
            {
                entries.Add(new Entry("updated", field, old, now));
            }
        }
    }

    private static Task<int> UpdateAsync(Change change, CardRow after) => change.Visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        UPDATE issues
        SET name = @Title, priority = @Priority, parent_id = @Parent, estimate_point = @EstimatePoint,
            start_date = @StartDate::date, target_date = @DueDate::date
        WHERE id = @Id
        """,
        after,
        cancellationToken: change.Visit.Cancel));

    private static async Task<string?> KeyAsync(Change change, Guid? card) => card is null ? null :
        new CardKey(change.Project.Key, await change.Visit.Connection.QuerySingleAsync<int>(new CommandDefinition(
            "SELECT sequence_id FROM issues WHERE id = @card", new { card }, cancellationToken: change.Visit.Cancel))).ToString();

    private static async Task<string?> ValueAsync(Change change, Guid? point) => point is null ? null :
        await change.Visit.Connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "SELECT value FROM estimate_points WHERE id = @point", new { point }, cancellationToken: change.Visit.Cancel));

    private static string? Text(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The history speaks of the tracker's columns, the receipt of the fields the agent sent.
    private static string Name(string field) => field switch
    {
        "name" => "title",
        "target_date" => "due_date",
        "estimate_point" => "estimate",
        _ => field,
    };
}
