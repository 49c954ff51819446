using AgentGateway.Tasker.Blocks;
using static AgentGateway.Tasker.Tests.Blocks.Edits;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class CheckTests
{
    private static readonly string Card = Golden.Read("stored/check_item.html");

    [Fact]
    public void Ticking_sets_the_state_in_both_places_the_editor_keeps_it()
    {
        var result = Done(Card, Check(Block(Card, 1), true));

        Assert.Equal((2, 3), result.Progress);
        Assert.Equal(2, result.Html.Split("checked=\"checked\"").Length - 1);
        Assert.True(Assert.Single(result.Changed).Checked);
    }

    [Fact]
    public void Unticking_clears_both()
    {
        var result = Done(Card, Check(Block(Card), false));

        Assert.Equal((0, 3), result.Progress);
        Assert.DoesNotContain("checked=\"checked\"", result.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_it_has_changes_nothing_not_even_ids()
    {
        var result = Done(Card, Check(Block(Card), true));

        Assert.False(result.IsChanged);
        Assert.Equal(Card, result.Html);
        Assert.Empty(result.Changed);
    }

    [Theory]
    [InlineData("todo `x`", true)]
    [InlineData(" Todo x ", true)]
    [InlineData("todo y", false)]
    public void Expected_text_guards_against_a_changed_meaning(string expected, bool accepted)
    {
        var outcome = BlockEditor.Apply(Card, [Check(Block(Card, 1), true, expected)], Plain);

        Assert.Equal(accepted, outcome is EditResult);
        Assert.Equal(accepted ? null : BlockCodes.BlockConflict, (outcome as BlockProblem)?.Code);
    }

    [Fact]
    public void Only_check_items_can_be_ticked()
    {
        var card = CardText.ToHtml("- bullet");

        Assert.Equal(BlockCodes.BlockTypeMismatch, Refused(card, Check(Block(card), true)).Code);
    }

    [Fact]
    public void A_batch_is_all_or_nothing_and_points_at_what_failed()
    {
        var unknown = new BlockOp { Op = BlockOps.SetChecked, BlockId = "9e4f0c", Checked = true };

        var problem = Refused(Card, Check(Block(Card, 1), true), unknown);

        Assert.Equal((BlockCodes.BlockNotFound, "/ops/1/block_id"), (problem.Code, problem.Pointer));
        Assert.Equal("9e4f0b", problem.Candidates[0].Id);
    }

    [Fact]
    public void There_is_no_operation_that_removes() =>
        Assert.Equal(BlockCodes.ValidationFailed, Refused(Card, new BlockOp { Op = "remove", BlockId = Block(Card).Id }).Code);
}
