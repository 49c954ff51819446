using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Blocks;

namespace AgentGateway.Tasker.Content;

/// <summary>A batch of operations on blocks, read strictly; there is none that removes.</summary>
internal sealed record ContentOps(IReadOnlyList<BlockOp> Ops)
{
    private const int MostOps = 50;
    private const int MostBlocks = 200;
    private const int LongestMarkdown = 20_000;
    private const int LongestText = 8_000;

    public static ContentOps Read(RequestBody body)
    {
        body.Only("ops");
        var ops = body.Objects("ops", MostOps).Select(Op).ToList();
        if (ops.Count == 0)
        {
            body.Add("ops", "must hold at least one operation");
        }

        return new ContentOps(ops);
    }

    private static BlockOp Op(RequestBody op)
    {
        op.Only("op", "block_id", "block_rev", "section", "markdown", "blocks", "checked", "expect_text", "allow_format_loss");
        op.RequiredLine("op", 40);
        return new BlockOp
        {
            Op = op.OneOf("op", BlockOps.Append, BlockOps.InsertAfter, BlockOps.ReplaceText, BlockOps.SetChecked) ?? "",
            BlockId = op.Line("block_id", 40),
            BlockRev = op.Line("block_rev", 40),
            Section = op.Line("section", 255),
            Markdown = op.Text("markdown", LongestMarkdown),
            Blocks = op.Has("blocks") ? [.. op.Objects("blocks", MostBlocks).Select(NewBlock)] : null,
            Checked = op.Has("checked") ? op.Flag("checked") : null,
            ExpectText = op.Text("expect_text", 200),
            AllowFormatLoss = op.Flag("allow_format_loss"),
        };
    }

    private static NewBlock NewBlock(RequestBody block)
    {
        block.Only("type", "text", "level", "checked", "indent", "lang");
        return new NewBlock
        {
            Type = block.RequiredLine("type", 40),
            Text = block.Text("text", LongestText, shortest: 0),
            Level = block.Number("level", 1, 6),
            Checked = block.Has("checked") ? block.Flag("checked") : null,
            Indent = block.Number("indent", 0, 8),
            Lang = block.Line("lang", 40, shortest: 0),
        };
    }
}
