using System.Globalization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Blocks;

namespace AgentGateway.Tasker.Content;

/// <summary>Turns what the block engine refused into an answer that points at the operation and at what the caller sent there.</summary>
internal static class ContentRefusal
{
    public static RefusalException Of(BlockProblem problem, IReadOnlyList<BlockOp> ops)
    {
        var refusal = Refuse.Block(problem).Problem;
        return new RefusalException(refusal with
        {
            Errors = [.. (refusal.Errors ?? []).Select(error => error with { Value = Sent(error.Pointer, ops) })],
        });
    }

    // "/ops/3/block_rev": only short members are repeated; the text of an operation is known to who sent it.
    private static string? Sent(string pointer, IReadOnlyList<BlockOp> ops)
    {
        var steps = pointer.Split('/');
        return steps is ["", "ops", var at, var member, ..]
            && int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < ops.Count
            ? member switch
            {
                "op" => ops[index].Op,
                "block_id" => ops[index].BlockId,
                "block_rev" => ops[index].BlockRev,
                "section" => ops[index].Section,
                "expect_text" => ops[index].ExpectText,
                _ => null,
            }
            : null;
    }
}
