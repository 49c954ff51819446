using System.Text;

namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Whatever people and agents wrote, a card can be read: no answer outgrows what the gateway passes on.</summary>
public sealed class LongTextTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private const int MostBytes = 32 * 1024;

    [Theory]
    [InlineData("ж")]
    [InlineData("\"")]
    [InlineData("👩")]
    public async Task A_card_with_long_content_and_long_comments_is_still_read(string letter)
    {
        var (world, card) = await TalkativeAsync(letter);

        foreach (var query in new[] { "", "?include=content,comments,activity,subcards", "?include=comments" })
        {
            var answer = await world.Agent.GetAsync($"/cards/{card}{query}");
            answer.IsOk();
            Assert.InRange(Encoding.UTF8.GetByteCount(answer.Body), 8 * 1024, MostBytes);
            Assert.Equal(5, answer.Items("comments").Length);
            Assert.EndsWith("[cut: too long to show]", answer.Text("comments.0.body_markdown"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_endless_comment_does_not_hide_the_others()
    {
        var (world, card) = await TalkativeAsync("👩");

        var seen = new HashSet<string>();
        var page = await world.Agent.GetAsync($"/cards/{card}/comments");
        for (var cursor = ""; cursor is not null; cursor = page.At("next_cursor")?.GetValue<string>())
        {
            page = cursor.Length == 0 ? page : await world.Agent.GetAsync($"/cards/{card}/comments?cursor={cursor}");
            page.IsOk();
            Assert.InRange(Encoding.UTF8.GetByteCount(page.Body), 1, MostBytes);
            seen.UnionWith(page.Items("comments").Select(comment => comment["id"]!.GetValue<string>()));
        }

        Assert.Equal(6, seen.Count);
    }

    [Fact]
    public async Task One_endless_paragraph_does_not_hide_what_follows_and_its_receipt_can_be_delivered()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "first" });
        var html = $"<p data-id=\"{Guid.CreateVersion7()}\">{new string('ж', 60_000)}</p><p data-id=\"{Guid.CreateVersion7()}\">last</p>";
        await world.ExecuteAsync(
            "UPDATE issues SET description_html = description_html || @html WHERE project_id = @Project", new { html, world.Project });

        var first = await world.Agent.GetAsync($"/cards/{card}/content");
        var second = await world.Agent.GetAsync($"/cards/{card}/content?after_block={first.Text("next_block")}");
        var third = await world.Agent.GetAsync($"/cards/{card}/content?after_block={second.Text("next_block")}");
        var replaced = await world.Agent.PostAsync($"/cards/{card}/content/ops", new
        {
            ops = new[]
            {
                new { op = "replace_text", block_id = second.Text("blocks.0.id"), block_rev = second.Text("blocks.0.rev"), markdown = "short" },
            },
        });

        Assert.InRange(Encoding.UTF8.GetByteCount(second.Body), 8 * 1024, MostBytes);
        Assert.EndsWith("[cut: too long to show]", second.Text("blocks.0.text"), StringComparison.Ordinal);
        Assert.Equal("last", third.Text("blocks.0.text"));
        replaced.IsOk();
        Assert.InRange(Encoding.UTF8.GetByteCount(replaced.Body), 1, MostBytes);
    }

    private async Task<(World World, string Card)> TalkativeAsync(string letter)
    {
        var world = await tasker.NewWorldAsync();
        var line = string.Concat(Enumerable.Repeat(letter, 900));
        var card = await world.CardAsync("a", new { content_markdown = string.Join("\n\n", Enumerable.Repeat(line, 10)) });
        for (var i = 0; i < 6; i++)
        {
            var words = $"{i} {string.Concat(Enumerable.Repeat(line, 11))}";
            var said = await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = words });
            said.IsOk(201);
        }

        return (world, card);
    }
}
