using AgentGateway.Tasker.Blocks;
using static AgentGateway.Tasker.Tests.Blocks.Edits;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class ReplaceTests
{
    private const string Component = "<mention-component entity_identifier=\"anna-id\" id=\"m1\"></mention-component>";
    private const string Mention = $"<p class=\"editor-paragraph-block\">ask {Component} now</p>";

    private static readonly string Card =
        CardText.ToHtml("# Head\n\npara\n\n- [ ] task\n    - [x] sub\n\n```js\ncode\n```\n\n> quote");

    [Fact]
    public void Each_kind_of_text_block_keeps_its_kind_id_and_place()
    {
        foreach (var block in BlockDocument.Parse(Card).Blocks)
        {
            var result = Done(Card, Replace(block, "- **new** text"));

            var changed = Assert.Single(result.Changed);
            Assert.Equal((block.Id, block.Type), (changed.Id, changed.Type));
            Assert.Equal("- **new** text", changed.Text);
            Assert.Equal(new PreviousText(block.Id, block.Text), Assert.Single(result.Previous));
        }
    }

    [Fact]
    public void A_stale_rev_is_a_conflict_that_shows_the_block_as_it_is()
    {
        var stale = Block(Card, 1);
        var moved = Done(Card, Replace(stale, "changed by someone")).Html;

        var problem = Refused(moved, Replace(stale, "mine"));

        Assert.Equal((BlockCodes.BlockConflict, "/ops/0/block_rev"), (problem.Code, problem.Pointer));
        Assert.Equal("changed by someone", problem.Current?.Text);
    }

    [Fact]
    public void An_edit_elsewhere_in_the_card_is_no_conflict()
    {
        var block = Block(Card, 1);
        var elsewhere = Done(Card, Replace(Block(Card), "Other head"), Check(Block(Card, 2), true)).Html;

        Assert.Equal("mine", Done(elsewhere, Replace(block, "mine")).Changed[0].Text);
    }

    [Fact]
    public void The_same_block_is_replaced_once_per_batch()
    {
        var problem = Refused(Card, Replace(Block(Card), "a"), Replace(Block(Card), "b"));

        Assert.Equal((BlockCodes.BlockConflict, "/ops/1/block_rev"), (problem.Code, problem.Pointer));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("\u200B\u2060")]
    [InlineData("&#32;&nbsp;")]
    public void Emptying_a_block_is_refused_because_it_would_delete(string markdown) =>
        Assert.Equal(BlockCodes.ValidationFailed, Refused(Card, Replace(Block(Card, 1), markdown)).Code);

    [Fact]
    public void Formatting_markdown_cannot_express_is_only_lost_on_request()
    {
        const string Rich = "<p><span style=\"color: red\">red</span> text</p>";

        Assert.Equal(BlockCodes.FormatLoss, Refused(Rich, Replace(Block(Rich), "new")).Code);
        Assert.Equal("new", Done(Rich, Replace(Block(Rich), "new", allowFormatLoss: true)).Changed[0].Text);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("callout")]
    [InlineData("opaque")]
    [InlineData("divider")]
    public void Blocks_without_a_text_of_their_own_are_never_replaced(string kind)
    {
        var html = Golden.Read($"stored/{kind}.html");

        Assert.Equal(BlockCodes.BlockTypeMismatch, Refused(html, Replace(Block(html), "x", allowFormatLoss: true)).Code);
    }

    [Fact]
    public void The_same_mention_token_written_back_keeps_the_original_mention()
    {
        var block = Block(Mention);

        var result = Done(Mention, Replace(block, "please ask @[Anna](user:anna) **today**"));

        Assert.Contains(Component, result.Html, StringComparison.Ordinal);
        Assert.Empty(result.Sanitized);
    }

    [Fact]
    public void A_text_that_drops_a_mention_is_a_format_loss() =>
        Assert.Equal(BlockCodes.FormatLoss, Refused(Mention, Replace(Block(Mention), "nobody")).Code);

    [Fact]
    public void The_text_it_already_has_changes_nothing()
    {
        var result = Done(Card, Replace(Block(Card, 1), "para"));

        Assert.False(result.IsChanged);
        Assert.Equal(Card, result.Html);
        Assert.Single(result.Changed);
    }

    [Fact]
    public void The_previous_text_is_exact_even_where_the_reading_text_is_not()
    {
        var block = new NewBlock { Type = BlockTypes.Paragraph, Text = "&#32;a_b" };
        var html = Done("", new BlockOp { Op = BlockOps.Append, Blocks = [block] }).Html;

        var old = Assert.Single(Done(html, Replace(Block(html), "new")).Previous);

        Assert.Equal("&#32;a\\_b", old.Text);
    }

    [Fact]
    public void An_item_keeps_its_sub_items_and_the_blocks_inside_it()
    {
        const string Item = "<ul><li><p>old</p><pre><code>kept</code></pre><ul><li><p>sub</p></li></ul></li></ul>";

        var result = Done(Item, Replace(Block(Item), "new", allowFormatLoss: true));

        Assert.Contains("kept", result.StrippedText, StringComparison.Ordinal);
        Assert.Contains("sub", result.StrippedText, StringComparison.Ordinal);
        Assert.DoesNotContain("old", result.StrippedText, StringComparison.Ordinal);
    }
}
