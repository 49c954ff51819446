using AgentGateway.Tasker.Blocks;

namespace AgentGateway.Tasker.Tests.Blocks;

/// <summary>Short words for edits in tests.</summary>
internal static class Edits
{
    public static readonly CardMember Anna = new("anna-id", "anna", "Anna");

    public static readonly EditContext Plain = new()
    {
        MemberById = id => id == Anna.Id ? Anna : null,
        MemberByHandle = handle => handle == Anna.Handle ? Anna : null,
    };

    public static readonly EditContext Mentioning = Plain with { MentionsAllowed = true };

    public static BlockOp Append(string markdown, string? section = null) =>
        new() { Op = BlockOps.Append, Markdown = markdown, Section = section };

    public static BlockOp After(Block block, string markdown) =>
        new() { Op = BlockOps.InsertAfter, BlockId = block.Id, Markdown = markdown };

    public static BlockOp Replace(Block block, string markdown, bool allowFormatLoss = false) => new()
    {
        Op = BlockOps.ReplaceText,
        BlockId = block.Id,
        BlockRev = block.Rev,
        Markdown = markdown,
        AllowFormatLoss = allowFormatLoss,
    };

    public static BlockOp Check(Block block, bool wanted, string? expectText = null) =>
        new() { Op = BlockOps.SetChecked, BlockId = block.Id, Checked = wanted, ExpectText = expectText };

    public static Block Block(string html, int index = 0) => BlockDocument.Parse(html, Plain.MemberById).Blocks[index];

    public static EditResult Done(string html, params BlockOp[] ops) => Done(Plain, html, ops);

    public static EditResult Done(EditContext context, string html, params BlockOp[] ops) =>
        BlockEditor.Apply(html, ops, context) switch
        {
            EditResult result => result,
            var problem => throw new InvalidOperationException(problem.ToString()),
        };

    public static BlockProblem Refused(string html, params BlockOp[] ops) =>
        Assert.IsType<BlockProblem>(BlockEditor.Apply(html, ops, Plain));

    public static string Markdown(EditResult result) => BlockDocument.Parse(result.Html, Plain.MemberById).Markdown;
}
