using System.Net;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Content;

public sealed class HistoryTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    // As an editor left it: a wrapper, odd spaces, an element of its own, no ids.
    private const string Odd = "<div><p  class=\"x\">Ünïcode &amp; <b>bold</b></p><image-component src=\"a\"></image-component>\n<p></p></div>";

    [Fact]
    public async Task A_card_lists_its_versions_with_whoever_wrote_them()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var card = await board.World.CardAsync("A card", new { content_markdown = "Begin" });
        (await board.World.Agent.AppendAsync(card, "More")).IsOk();
        await board.World.SaveAsPersonAsync(card, "<p>A person's</p>");

        var page = await board.PageAsync(board.Of(card));

        Assert.Contains($"href=\"{board.Of(card)}/versions/1\"", page, StringComparison.Ordinal);
        Assert.Contains("<bdi>Ноутбук</bdi></b> <span class=\"whose\">for <bdi>anna</bdi></span> added text", page, StringComparison.Ordinal);
        Assert.Contains("<b><bdi>Somebody</bdi></b> edited it", page, StringComparison.Ordinal);
        Assert.Contains("overwrote text of the agent <em><bdi>Ноутбук</bdi></em>; version <em><bdi>c2</bdi></em> has it", page, StringComparison.Ordinal);
        Assert.DoesNotContain($"{board.Of(card)}/versions/3/restore", page, StringComparison.Ordinal);
        Assert.Contains("More", await board.PageAsync($"{board.Of(card)}/versions/2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_version_is_the_same_to_the_byte_and_a_version_itself()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var world = board.World;
        var card = await world.CardAsync("A card");
        await world.SaveAsPersonAsync(card, Odd);
        (await world.Agent.AppendAsync(card, "An agent's line")).IsOk();
        var edited = await world.HtmlAsync(card);

        var restored = await board.SendAsync($"{board.Of(card)}/versions/2/restore", await board.TokenAsync(board.Of(card)));

        Assert.Equal(HttpStatusCode.NoContent, restored);
        Assert.Equal(Digest(Odd), Digest(await world.HtmlAsync(card)));
        Assert.Equal(2, await world.VersionsAsync<int>(card, "v.restored_from::int", "v.content_rev = 4"));
        Assert.Equal(edited, await world.VersionsAsync<string>(card, "v.description_html", "v.content_rev = 3"));
        Assert.Equal(1, await world.ActivityAsync<int>(card, "count(*)::int", "a.verb = 'restored' AND a.new_value = 'c4'"));
        Assert.Equal(0, await world.ActivityAsync<int>(card, "count(*)::int", "a.verb = 'agent_content_lost'"));

        await board.SendAsync($"{board.Of(card)}/versions/3/restore", await board.TokenAsync(board.Of(card)));
        Assert.Equal(edited, await world.HtmlAsync(card));
        Assert.Equal("\"c5\"", (await world.Agent.ContentAsync(card)).Tag);
        Assert.Single((await world.Agent.SearchAsync("line")).Items("cards"));
    }

    [Fact]
    public async Task Restoring_what_is_there_changes_nothing()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var card = await board.World.CardAsync("A card", new { content_markdown = "Begin" });
        var token = await board.TokenAsync("/");
        var before = await board.World.RowAsync(card);

        Assert.Equal(HttpStatusCode.NoContent, await board.SendAsync($"{board.Of(card)}/versions/1/restore", token));
        Assert.Equal(before, await board.World.RowAsync(card));
        Assert.Equal(HttpStatusCode.NotFound, await board.SendAsync($"{board.Of(card)}/versions/9/restore", token));
        Assert.Equal(HttpStatusCode.NotFound, await board.SendAsync($"{board.Address}/99/versions/1/restore", token));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "evil.example")]
    [InlineData("token", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("token", "")]
    public async Task A_form_from_elsewhere_is_refused(string what, string value)
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var card = await board.World.CardAsync("A card", new { content_markdown = "Begin" });
        (await board.World.Agent.AppendAsync(card, "More")).IsOk();
        var token = what == "token" ? value : await board.TokenAsync(board.Of(card));
        (string, string)[] headers = what switch
        {
            "token" => [],
            "Host" => [(what, value), ("Origin", "http://" + value)],
            _ => [(what, value)],
        };
        var before = await board.World.RowAsync(card);

        Assert.Equal(HttpStatusCode.Forbidden, await board.SendAsync($"{board.Of(card)}/versions/1/restore", token, null, headers));
        Assert.Equal(
            HttpStatusCode.Forbidden, await board.SendAsync($"/workspaces/{board.World.Workspace}/agents", token, "false", headers));

        Assert.Equal(before, await board.World.RowAsync(card));
        (await board.World.Agent.ContentAsync(card)).IsOk();
    }

    [Fact]
    public async Task One_agent_s_work_can_be_looked_at_alone()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var first = board.World.Agent with { AgentId = "ag_first_" + board.World.Slug };
        var second = board.World.Agent with { AgentId = "ag_second_" + board.World.Slug };
        var card = await board.World.CardAsync("Shared card");
        var other = await board.World.CardAsync("Other card");
        (await first.AppendAsync(card, "by the first")).IsOk();
        (await second.OpsAsync(card, new { op = "append", section = "Second", markdown = "by the second" })).IsOk();

        var cards = await board.PageAsync($"{board.Address}?agent={first.AgentId}");
        var history = await board.PageAsync($"{board.Of(card)}?agent={first.AgentId}");
        var everybody = await board.PageAsync(board.Of(card));

        Assert.Contains("Shared card", cards, StringComparison.Ordinal);
        Assert.DoesNotContain("Other card", cards, StringComparison.Ordinal);
        Assert.Contains($"&amp;agent={first.AgentId}", cards, StringComparison.Ordinal);
        Assert.Contains($"agent={second.AgentId}\"", cards, StringComparison.Ordinal);
        Assert.Contains("/versions/2\"", history, StringComparison.Ordinal);
        Assert.DoesNotContain("/versions/3\"", history, StringComparison.Ordinal);
        Assert.Contains("/versions/3\"", everybody, StringComparison.Ordinal);
        Assert.Contains("Other card", await board.PageAsync(board.Address), StringComparison.Ordinal);
        Assert.NotEqual(other, card);
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("ag_nobody")]
    [InlineData("%22%3E%3Cscript%3Ealert(1)%3C/script%3E")]
    public async Task An_agent_nobody_knows_has_done_nothing(string agent)
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var card = await board.World.CardAsync("A card");

        Assert.DoesNotContain("A card", await board.PageAsync($"{board.Address}?agent={agent}"), StringComparison.Ordinal);
        var page = await board.PageAsync($"{board.Of(card)}?agent={agent}");
        Assert.DoesNotContain("/versions/1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script><img src=x onerror=alert(2)>")]
    [InlineData("[click](javascript:alert(1)) ![pixel](https://evil.example/t.gif)")]
    [InlineData("```html\n<script>alert(1)</script>\n```")]
    public async Task Hostile_markdown_is_text_wherever_the_board_shows_it(string markdown)
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var card = await board.World.CardAsync("A card");
        (await board.World.Agent.AppendAsync(card, markdown)).IsOk();
        await board.World.SaveAsPersonAsync(card, "<p>clean</p>");

        foreach (var page in new[] { await board.PageAsync($"{board.Of(card)}/versions/2"), await board.PageAsync(board.Of(card)) })
        {
            Assert.DoesNotMatch("<script(?! src=\"/(?:assets|canon)/)", page);
            Assert.DoesNotMatch("<img src=(?!\"/(?:assets|canon)/)", page);
            Assert.DoesNotContain("href=\"javascript:", page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("alert(1)", await board.PageAsync($"{board.Of(card)}/versions/2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agents_switched_off_are_refused_at_once_and_let_in_again()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var world = board.World;
        var card = await world.CardAsync("A card");
        var token = await board.TokenAsync("/");

        Assert.Equal(HttpStatusCode.NoContent, await board.SendAsync($"/workspaces/{world.Workspace}/agents", token, "false"));
        (await world.Agent.ContentAsync(card)).IsProblem(403, "agents_disabled");
        (await world.Agent.AppendAsync(card, "More")).IsProblem(403, "agents_disabled");
        (await world.Agent.GetAsync($"/workspaces/{world.Slug}/projects")).IsProblem(403, "agents_disabled");

        Assert.Equal(HttpStatusCode.Forbidden, await board.SendAsync($"/workspaces/{world.Workspace}/agents", token, "perhaps"));
        Assert.Equal(HttpStatusCode.NoContent, await board.SendAsync($"/workspaces/{world.Workspace}/agents", token, "true"));
        (await world.Agent.ContentAsync(card)).IsOk();
    }

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
