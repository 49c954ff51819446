using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Cards.Write;
using AgentGateway.Tasker.Content;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;

namespace AgentGateway.Tasker.Sessions;

/// <summary>What a report does to its card, each part with the scope it would need by itself: all of it or nothing.</summary>
internal static class SessionEffects
{
    /// <summary>The names of what changed.</summary>
    public static async Task<IReadOnlyList<string>> ApplyAsync(Change change, SessionPut put, List<Warning> warnings)
    {
        Demand(change, put);
        var changed = new List<string>();
        if (put.CheckItems.Count > 0 && await CheckAsync(change, put.CheckItems))
        {
            changed.Add("check_items");
        }

        var attached = 0;
        foreach (var link in put.Links)
        {
            attached += await AddLink.AttachAsync(change, link) ? 1 : 0;
        }

        if (attached > 0)
        {
            changed.Add("links");
        }

        if (await MoveAsync(change, put, warnings))
        {
            changed.Add("state");
        }

        return changed;
    }

    private static void Demand(Change change, SessionPut put)
    {
        (bool Needed, string Scope)[] needs =
        [
            (put.CheckItems.Count > 0, "card:content:check"), (put.Links.Count > 0, "card:link"), (put.MoveTo is not null, "card:move"),
        ];
        foreach (var (_, scope) in needs.Where(need => need.Needed))
        {
            change.Demand(scope);
        }
    }

    private static async Task<bool> CheckAsync(Change change, IReadOnlyList<BlockOp> items)
    {
        try
        {
            return await EditContent.ApplyAsync(change, new ContentOps(items));
        }
        catch (RefusalException refused)
        {
            throw new RefusalException(refused.Problem with { Errors = refused.Problem.Errors is { } errors ? [.. errors.Select(Here)] : null });
        }
    }

    // The engine counts operations; the caller sent them under another name.
    private static FieldError Here(FieldError error) => error.Pointer.StartsWith("/ops", StringComparison.Ordinal)
        ? error with { Pointer = "/check_items" + error.Pointer["/ops".Length..] }
        : error;

    private static async Task<bool> MoveAsync(Change change, SessionPut put, List<Warning> warnings)
    {
        if (put is { MoveTo: null, MoveToStarted: false })
        {
            return false;
        }

        var states = await StateRow.OfAsync(change.Visit, change.Project);
        if (put.MoveTo is { } name)
        {
            Named[] names = [name];
            var target = StateRow.Resolve(states, names, await StateRow.FoldAsync(change.Visit, names))[0];
            return await MoveCard.ToAsync(change, states, target, reason: null);
        }

        // Only forward: a card that is under way or done stays where it is.
        if (states.FirstOrDefault(state => state.Id == change.Card.State) is { Group: "started" or "completed" or "cancelled" })
        {
            return false;
        }

        if (!change.May("card:move"))
        {
            warnings.Add(new Warning("scope_missing", "The card was not moved: this agent lacks card:move."));
            return false;
        }

        if (states.FirstOrDefault(state => state.Group == "started") is { } started)
        {
            return await MoveCard.ToAsync(change, states, started, reason: null);
        }

        warnings.Add(new Warning("unknown_state", "The card was not moved: the project has no started state."));
        return false;
    }
}
