using System.Text;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Content;

public sealed class ReadTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private const string Page = "Intro\n\n## Plan\n\nFirst\n\n### Detail\n\n- [ ] one\n- [x] two\n\n## Notes\n\nLast";

    [Fact]
    public async Task Blocks_come_in_order_with_ids_revs_and_the_card_s_project()
    {
        var (world, card) = await CardAsync(Page);

        var page = await world.Agent.ContentAsync(card);

        page.IsOk();
        Assert.Equal(
            ["paragraph", "heading", "paragraph", "heading", "check_item", "check_item", "heading", "paragraph"],
            page.Items("blocks").Select(block => $"{block["type"]}"));
        Assert.Equal(world.Project.ToString(), page.Text("project_id"));
        Assert.Equal(("8", "null", "\"c1\""), (page.Text("total"), page.At("next_block")?.ToJsonString() ?? "null", page.Tag));
        Assert.All(page.Items("blocks"), block => Assert.Matches("^[0-9a-f]{6,}$", $"{block["id"]}"));
    }

    [Theory]
    [InlineData("?types=check_item", "one two", 2)]
    [InlineData("?section=Plan", "First Detail one two", 4)]
    [InlineData("?section=plan&types=check_item,paragraph", "First one two", 3)]
    [InlineData("?section=Detail", "one two", 2)]
    [InlineData("?types=table", "", 0)]
    public async Task A_part_can_be_asked_for(string query, string texts, int total)
    {
        var (world, card) = await CardAsync(Page);

        var page = await world.Agent.ContentAsync(card, query);

        Assert.Equal(texts, string.Join(' ', page.Items("blocks").Select(block => $"{block["text"]}")));
        Assert.Equal($"{total}", page.Text("total"));
    }

    [Theory]
    [InlineData("?section=Nowhere", 404, "block_not_found")]
    [InlineData("?after_block=ffffff", 404, "block_not_found")]
    [InlineData("?types=script", 422, "validation_failed")]
    [InlineData("?format=html", 422, "validation_failed")]
    [InlineData("?limit=501", 422, "validation_failed")]
    [InlineData("?raw=1", 422, "validation_failed")]
    public async Task A_part_that_is_not_there_is_refused(string query, int status, string code)
    {
        var (world, card) = await CardAsync(Page);

        (await world.Agent.ContentAsync(card, query)).IsProblem(status, code);
    }

    [Fact]
    public async Task The_same_part_is_given_as_markdown()
    {
        var (world, card) = await CardAsync(Page);

        var page = await world.Agent.ContentAsync(card, "?section=Detail&format=markdown");

        Assert.Equal("- [ ] one\n- [x] two", page.Text("markdown"));
        Assert.Empty(page.Items("blocks"));
    }

    [Fact]
    public async Task Known_content_is_not_sent_again()
    {
        var (world, card) = await CardAsync(Page);
        var tag = (await world.Agent.ContentAsync(card)).Tag!;

        var known = await world.Agent.With("If-None-Match", tag).ContentAsync(card);
        Assert.Equal((304, ""), (known.Status, known.Body));
        (await world.Agent.AppendAsync(card, "more")).IsOk();
        (await world.Agent.With("If-None-Match", tag).ContentAsync(card)).IsOk();
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("markdown")]
    public async Task Long_content_comes_in_pages_that_join_without_gap_or_repetition(string format)
    {
        var (world, card) = await CardAsync("x");
        await world.SaveAsPersonAsync(card, Cards.Paragraphs(40, 2000));
        var texts = new List<string>();
        var pages = 0;
        for (string? after = ""; after is not null; pages++)
        {
            var page = await world.Agent.ContentAsync(card, $"?format={format}{after}");
            Assert.True(Encoding.UTF8.GetByteCount(page.Body) <= 25 * 1024, $"{page.Body.Length}");
            Assert.Equal("40", page.Text("total"));
            texts.AddRange(format == "blocks"
                ? page.Items("blocks").Select(block => $"{block["text"]}")
                : page.Text("markdown").Split("\n\n"));
            after = page.At("next_block") is { } next ? $"&after_block={next}" : null;
        }

        Assert.True(pages >= 4, $"{pages}");
        Assert.Equal(Enumerable.Range(0, 40).Select(n => $"{n} ".PadRight(2000, 'y')), texts);
    }

    [Fact]
    public async Task A_block_larger_than_a_page_is_given_whole()
    {
        var (world, card) = await CardAsync("x");
        await world.SaveAsPersonAsync(card, Cards.Paragraphs(3, 30_000));

        var page = await world.Agent.ContentAsync(card);

        Assert.Single(page.Items("blocks"));
        Assert.Equal(30_000, page.Text("blocks.0.text").Length);
        Assert.NotNull(page.At("next_block"));
    }

    private async Task<(World World, string Card)> CardAsync(string markdown)
    {
        var world = await tasker.NewWorldAsync();
        return (world, await world.CardAsync("A card", new { content_markdown = markdown }));
    }
}
