using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Operations;

namespace AgentGateway.Tasker.Cards.Write;

/// <summary>Holds a write to the revision its caller has read, under the card's lock.</summary>
internal static class Precondition
{
    public static void Check(Change change, bool required = false)
    {
        var rev = $"r{change.Card.Rev}";
        if (change.IfMatch is not { } tag)
        {
            if (required)
            {
                throw Refuse.PreconditionRequired(rev);
            }

            return;
        }

        var current = tag.StartsWith("\"c", StringComparison.Ordinal) ? $"c{change.Card.ContentRev}" : rev;
        if (tag != $"\"{current}\"")
        {
            throw Refuse.Stale(current);
        }
    }
}
