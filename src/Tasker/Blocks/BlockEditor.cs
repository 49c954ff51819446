using AgentGateway.Tasker.Blocks.Edit;
using AgentGateway.Tasker.Blocks.Guard;

namespace AgentGateway.Tasker.Blocks;

/// <summary>Applies a batch of operations to a description: all of them or none, and nothing but what they name.</summary>
public static class BlockEditor
{
    /// <summary>An <see cref="EditResult"/>, or the <see cref="BlockProblem"/> of the first impossible operation.</summary>
    /// <exception cref="InvalidOperationException">A block no operation named would change; nothing may be stored.</exception>
    public static EditOutcome Apply(string html, IReadOnlyList<BlockOp> ops, EditContext context)
    {
        try
        {
            return new EditBatch(html, context).Apply(ops);
        }
        catch (ContentRefusedException refused)
        {
            return refused.Problem;
        }
    }
}
