using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Blocks.Edit;
using AgentGateway.Tasker.Blocks.Tree;
using static AgentGateway.Tasker.Tests.Blocks.Edits;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class IdentityTests
{
    [Fact]
    public void An_id_is_the_shortest_unique_prefix_and_any_longer_one_is_accepted()
    {
        var html = Golden.Read("stored/heading.html");
        var document = BlockDocument.Parse(html);

        Assert.Equal(["7c1f0b521", "7c1f0b522", "8c1f0b"], document.Blocks.Select(block => block.Id));
        Assert.Equal(1, document.IndexOf("7C1F0B52-2000-4000-8000-000000000001"));
        Assert.Equal(1, document.IndexOf("7c1f0b522000"));
        Assert.Null(document.IndexOf("7c1f0"));
    }

    [Fact]
    public void An_ambiguous_prefix_is_not_found_but_names_its_candidates()
    {
        var op = new BlockOp { Op = BlockOps.InsertAfter, BlockId = "7c1f0b52", Markdown = "x" };

        var problem = Refused(Golden.Read("stored/heading.html"), op);

        Assert.Equal(BlockCodes.BlockNotFound, problem.Code);
        Assert.Equal(["7c1f0b521", "7c1f0b522"], problem.Candidates.Select(block => block.Id));
    }

    [Fact]
    public void A_positional_id_holds_for_that_content_only()
    {
        const string Html = "<p>one</p><p>two</p>";
        var two = Block(Html, 1);

        Assert.Matches("^t2-[0-9a-f]{4}$", two.Id);
        Assert.True(Done(Html, After(two, "x")).IsChanged);
        Assert.Equal(BlockCodes.BlockNotFound, Refused("<p>zero</p><p>one</p><p>two</p>", After(two, "x")).Code);
    }

    [Fact]
    public void The_first_write_gives_each_block_node_an_id_of_its_own()
    {
        const string Without =
            "<ul><li><p>a</p></li></ul><blockquote><p>b</p></blockquote><table><tbody><tr><td>c</td></tr></tbody></table>";

        var html = Done(Without, Append("d")).Html;

        var ids = html.Split("data-id=\"").Skip(1).Select(part => part[..36]).ToList();
        Assert.Equal(8, ids.Count);
        Assert.Equal(8, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(Guid.TryParseExact(id, "D", out _)));
    }

    [Fact]
    public void Of_two_blocks_with_one_id_the_first_keeps_it()
    {
        var after = BlockDocument.Parse(Done(Golden.Read("stored/duplicate_ids.html"), Append("x")).Html);

        Assert.Equal("a1b2c3d4000040008000000000000001", after.Blocks[0].Id);
        Assert.DoesNotContain("a1b2c3d4", after.Blocks[1].Id, StringComparison.Ordinal);
    }

    [Fact]
    public void New_ids_are_short_because_they_share_no_time()
    {
        var document = BlockDocument.Parse(CardText.ToHtml(string.Join("\n\n", Enumerable.Range(0, 400))));

        Assert.InRange(document.Blocks.Average(block => block.Id.Length), 6, 6.5);
    }

    [Fact]
    public void A_rev_ignores_ids_and_sub_items_but_not_text_state_or_kind()
    {
        const string Parent =
            "<ul><li data-id=\"ab000000-0000-4000-8000-000000000001\"><p>a</p><ul><li>b</li></ul></li></ul>";

        Assert.Equal(Rev("<ul><li><p>a</p></li></ul>"), Rev(Parent));
        Assert.NotEqual(Rev("<p>a</p>"), Rev("<p>b</p>"));
        Assert.NotEqual(Rev("<ul><li><p>a</p></li></ul>"), Rev("<ol><li><p>a</p></li></ol>"));
        Assert.NotEqual(Rev("<p>a</p>"), Rev("<p style=\"color:red\">a</p>"));
    }

    private static string Rev(string html) => Block(html).Rev;

    [Fact]
    public void A_change_to_an_unnamed_block_stops_the_edit()
    {
        var before = BlockDocument.Parse("<p>one</p><p>two</p>");
        before.Nodes[1].Element.TextContent = "tampered";
        var after = BlockDocument.Parse(before.Dom.ToHtml());
        var position = BlockWalk.Walk(before.Dom).Index().ToDictionary(node => node.Item.Element, node => node.Index);

        Assert.Throws<InvalidOperationException>(() => EditCheck.Untouched(before, after, position, [], null));
        EditCheck.Untouched(before, after, position, [before.Nodes[1].Element], null);
    }
}
