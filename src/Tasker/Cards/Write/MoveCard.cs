using System.Text.Json.Nodes;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using Dapper;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>Where to move a card, from where at most, and why.</summary>
internal sealed record Move(Named ToState, Named? ExpectedState, string? Reason)
{
    public static Move Read(RequestBody body)
    {
        body.Only("to_state", "expected_state", "reason");
        return new Move(
            new Named("/to_state", body.RequiredLine("to_state", 255)),
            body.Line("expected_state", 255) is { } expected ? new Named("/expected_state", expected) : null,
            body.Line("reason", 500));
    }
}

/// <summary>Moves a card to the end of another column; ending its work takes a scope of its own.</summary>
internal static class MoveCard
{
    private const int SortStep = 10_000;

    public static readonly Write<Move> Write = new("card:move", Move.Read, RunAsync);

    private static async Task<Outcome> RunAsync(Change change, Move request)
    {
        Precondition.Check(change);
        var states = await StateRow.OfAsync(change.Visit, change.Project);
        Named[] names = request.ExpectedState is { } expected ? [request.ToState, expected] : [request.ToState];
        var resolved = StateRow.Resolve(states, names, await StateRow.FoldAsync(change.Visit, names));
        var target = resolved[0];
        var present = Present(change, states);
        if (resolved.Count > 1 && resolved[1].Id != change.Card.State)
        {
            throw Refuse.Conflict(
                "state_changed", "State changed", $"The card is in \"{present.Name}\", not in \"{resolved[1].Name}\".",
                retryable: true, rev: $"r{change.Card.Rev}");
        }

        var moves = await ToAsync(change, states, target, request.Reason);
        var receipt = Receipt.For(change) with
        {
            Changed = moves ? ["state"] : [],
            Before = Place(present),
            After = Place(target),
        };
        return await receipt.ToOutcomeAsync(change.Visit, change.Project, change.Card.Number);
    }

    /// <summary>True when the card was elsewhere.</summary>
    public static async Task<bool> ToAsync(Change change, IReadOnlyList<StateRow> states, StateRow target, string? reason)
    {
        if (target.Closes)
        {
            change.Demand("card:close");
        }

        if (target.Id == change.Card.State)
        {
            return false;
        }

        await UpdateAsync(change, target);
        var entry = new Entry("updated", "state", Present(change, states).Name, target.Name);
        await History.RecordAsync(change, change.Card.Id, [entry], reason);
        return true;
    }

    // A card may stand in a state that was deleted under it; it can be moved out, and nothing can be expected of it.
    private static StateRow Present(Change change, IReadOnlyList<StateRow> states) =>
        states.FirstOrDefault(state => state.Id == change.Card.State) ?? new StateRow { Name = "", Group = "unstarted" };

    // Named columns alone: a whole-row save would undo what a person changed since the card was read.
    private static Task<int> UpdateAsync(Change change, StateRow target) => change.Visit.Connection.ExecuteAsync(new CommandDefinition(
        """
        UPDATE issues
        SET state_id = @state,
            sort_order = (SELECT coalesce(max(o.sort_order), 0) + @step FROM issues o
                          WHERE o.project_id = @project AND o.state_id = @state
                            AND o.deleted_at IS NULL AND o.archived_at IS NULL AND NOT o.is_draft),
            completed_at = CASE WHEN @completed THEN coalesce(completed_at, clock_timestamp()) END
        WHERE id = @card
        """,
        new
        {
            card = change.Card.Id,
            state = target.Id,
            project = change.Project.Id,
            step = SortStep,
            completed = target.Group == "completed",
        },
        cancellationToken: change.Visit.Cancel));

    private static JsonObject Place(StateRow state) => new() { ["state"] = state.Name, ["group"] = state.Group };
}
