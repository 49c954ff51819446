using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>What to add to a set and what to take out of it; everything else stays.</summary>
internal sealed record Delta(IReadOnlyList<Named> Add, IReadOnlyList<Named> Remove)
{
    public static Delta Read(RequestBody body)
    {
        body.Only("add", "remove");
        var delta = new Delta(body.List("add", 20, 255), body.List("remove", 20, 255));
        if (delta.Add.Count + delta.Remove.Count == 0)
        {
            body.Add("add", "nothing is to be added or removed");
        }

        return delta;
    }

    /// <summary>The ids to add that are not there, and those to remove that are; one asked for both ways is refused.</summary>
    public (Guid[] Added, Guid[] Removed) Against(IReadOnlyList<Guid> present, IReadOnlyList<Guid> add, IReadOnlyList<Guid> remove)
    {
        var both = remove.ToList().FindIndex(add.Contains);
        if (both >= 0)
        {
            throw Refuse.Field(Remove[both].Pointer, "is to be added and removed at once");
        }

        return ([.. add.Except(present).Distinct()], [.. remove.Intersect(present).Distinct()]);
    }
}
