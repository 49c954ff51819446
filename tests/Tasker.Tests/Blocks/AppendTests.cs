using AgentGateway.Tasker.Blocks;
using static AgentGateway.Tasker.Tests.Blocks.Edits;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class AppendTests
{
    private static readonly string Card =
        CardText.ToHtml("## One\n\nfirst\n\n### Deeper\n\nsecond\n\n## Two\n\n- a\n    - a1\n- b");

    [Fact]
    public void Text_is_added_at_the_end_of_a_section_and_its_subsections()
    {
        var result = Done(Card, Append("third", "  one "));

        Assert.Equal("## One\n\nfirst\n\n### Deeper\n\nsecond\n\nthird\n\n## Two\n\n- a\n    - a1\n- b", Markdown(result));
        Assert.Equal(["third"], result.Added.Select(block => block.Text));
    }

    [Fact]
    public void A_section_can_be_named_by_the_id_of_its_heading() =>
        Assert.Matches("second\n\nthird\n\n## Two", Markdown(Done(Card, Append("third", Block(Card).Id))));

    [Fact]
    public void A_missing_heading_is_created_once_at_the_end_as_level_two()
    {
        var result = Done(Card, Append("x", "Result #1"), Append("y", "result #1"));

        Assert.EndsWith("- b\n\n## Result #1\n\nx\n\ny", Markdown(result), StringComparison.Ordinal);
        Assert.Equal(3, result.Added.Count);
    }

    [Theory]
    [InlineData("t9-abcd", BlockCodes.BlockNotFound)]
    [InlineData("9e3f0b52", BlockCodes.BlockNotFound)]
    public void A_stale_id_does_not_become_a_heading(string section, string code)
    {
        var problem = Refused(Card, Append("x", section));

        Assert.Equal((code, "/ops/0/section"), (problem.Code, problem.Pointer));
    }

    [Fact]
    public void A_section_that_is_no_heading_and_one_that_is_two_are_refused_with_candidates()
    {
        var twice = Card + CardText.ToHtml("# One");

        var wrong = Refused(Card, Append("x", Block(Card, 1).Id));
        var ambiguous = Refused(twice, Append("x", "One"));

        Assert.Equal(BlockCodes.BlockTypeMismatch, wrong.Code);
        Assert.Equal(BlockCodes.BlockNotFound, ambiguous.Code);
        Assert.Equal(2, ambiguous.Candidates.Count);
    }

    [Fact]
    public void Items_join_the_list_they_are_added_to() =>
        Assert.EndsWith("- a\n    - a1\n- b\n- c", Markdown(Done(Card, Append("- c"))), StringComparison.Ordinal);

    [Fact]
    public void Items_after_an_item_stay_in_its_list_and_a_paragraph_divides_it()
    {
        var items = Done(Card, After(Block(Card, 6), "- new"));
        var paragraph = Done(Card, After(Block(Card, 6), "between"));

        Assert.EndsWith("- a\n    - a1\n    - new\n- b", Markdown(items), StringComparison.Ordinal);
        Assert.EndsWith("- a\n    - a1\n\nbetween\n\n- b", Markdown(paragraph), StringComparison.Ordinal);
    }

    [Fact]
    public void A_divided_numbered_list_keeps_its_numbers()
    {
        var card = CardText.ToHtml("3. three\n4. four\n5. five");

        Assert.Equal("3. three\n\nbetween\n\n4. four\n5. five", Markdown(Done(card, After(Block(card), "between"))));
    }

    [Theory]
    [InlineData("<p></p>")]
    [InlineData("<p class=\"editor-paragraph-block\"><br></p>")]
    public void The_empty_paragraph_of_a_new_card_makes_way(string empty) =>
        Assert.Single(BlockDocument.Parse(Done(empty, Append("first")).Html).Blocks);

    [Fact]
    public void Structured_blocks_become_every_kind_that_can_be_added()
    {
        NewBlock[] blocks =
        [
            new() { Type = BlockTypes.Heading, Text = "Head", Level = 3 },
            new() { Type = BlockTypes.Paragraph, Text = "# a *b*" },
            new() { Type = BlockTypes.CheckItem, Text = "done", Checked = true },
            new() { Type = BlockTypes.BulletItem, Text = "deep", Indent = 5 },
            new() { Type = BlockTypes.NumberedItem, Text = "n" },
            new() { Type = BlockTypes.Quote, Text = "q1\n\nq2" },
            new() { Type = BlockTypes.Code, Text = "x **y**", Lang = "js" },
            new() { Type = BlockTypes.Table, Text = "| a |\n|---|\n| b |" },
            new() { Type = BlockTypes.Divider },
        ];

        var result = Done("", new BlockOp { Op = BlockOps.Append, Blocks = blocks });

        Assert.Equal(
            "### Head\n\n\\# a *b*\n\n- [x] done\n    - deep\n1. n\n\n> q1\n> \n> q2\n\n"
            + "```js\nx **y**\n```\n\n| a |\n| --- |\n| b |\n\n---",
            Markdown(result));
        Assert.Equal(9, result.Added.Count);
        Assert.Equal((1, 1), result.Progress);
    }

    [Theory]
    [InlineData(BlockTypes.Callout, "x", "/ops/0/blocks/0/type")]
    [InlineData(BlockTypes.Paragraph, " ", "/ops/0/blocks/0/text")]
    [InlineData(BlockTypes.Table, "no table", "/ops/0/blocks/0/text")]
    public void A_block_that_cannot_be_added_is_refused_with_its_place(string type, string text, string pointer)
    {
        var problem = Refused("", new BlockOp { Op = BlockOps.Append, Blocks = [new NewBlock { Type = type, Text = text }] });

        Assert.Equal((BlockCodes.ValidationFailed, pointer), (problem.Code, problem.Pointer));
    }
}
