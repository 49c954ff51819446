using System.Net;

namespace AgentGateway.Tasker.Tests.Board;

public sealed class BoardPageTests(BoardTracker tracker) : IClassFixture<BoardTracker>
{
    private const string Hostile = "</bdi></a><script>alert(1)</script><img src=x onerror=\"alert(2)\"> \u202Egnp.exe";

    private const string HostileText =
        "<p onclick=\"alert(3)\" style=\"position:fixed\">Hello<script>alert(4)</script><a href=\"javascript:alert(5)\">x</a>"
        + "<img src=\"https://evil.example/t.gif\"><iframe src=\"//evil.example\"></iframe></p>";

    [Fact]
    public async Task The_front_page_lists_the_projects()
    {
        var html = await tracker.Http.GetStringAsync("/");

        Assert.Contains("Node DC Platform", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/board/OPS\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_board_shows_the_seeded_cards_in_their_columns()
    {
        var html = await tracker.Http.GetStringAsync("/board/NDC");

        Assert.Contains("Единый вход через корпоративный OIDC", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/board/NDC/6\"", html, StringComparison.Ordinal);
        var column = html.Split("<bdi>In Review</bdi>")[1].Split("<bdi>Done</bdi>")[0];
        Assert.Contains("Dark theme for the console", column, StringComparison.Ordinal);
        Assert.DoesNotContain("NDC-1<", column, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_written_last_by_an_agent_carries_its_badge()
    {
        await tracker.MoveAsAgentAsync(23, "In Progress", "Codex · laptop");

        var html = await tracker.Http.GetStringAsync("/board/NDC/23");

        Assert.Contains("Last changed by the agent Codex · laptop, on behalf of Anna Petrova", html, StringComparison.Ordinal);
        Assert.Contains("moved it to <em><bdi>In Progress</bdi></em>", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_page_shows_text_comments_links_and_history()
    {
        var html = await tracker.Http.GetStringAsync("/board/NDC/6");

        Assert.Contains("Acceptance criteria", html, StringComparison.Ordinal);
        Assert.Contains("data-checked=\"true\"", html, StringComparison.Ordinal);
        Assert.Contains("OpenAPI before sparse fields", html, StringComparison.Ordinal);
        Assert.Contains("https://git.nodedc.example/platform/pulls/240", html, StringComparison.Ordinal);
        Assert.Contains("created this card", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/board/NDC/7\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/board/NDC")]
    [InlineData("/board/NDC/25")]
    [InlineData("/board/NDC/25?fragment=true")]
    public async Task A_hostile_title_stays_text(string address)
    {
        await tracker.SetAsync("NDC-25", "name", Hostile);
        await tracker.SetAsync("NDC-25", "description_html", HostileText);

        var html = await tracker.Http.GetStringAsync(address);

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        foreach (var remnant in new[] { "alert(3)", "alert(4)", "javascript:", "evil.example", "position:fixed", "<iframe" })
        {
            Assert.DoesNotContain(remnant, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_link_with_a_dangerous_scheme_is_no_link()
    {
        await tracker.AskAsync<int>(
            """
            INSERT INTO issue_links (id, issue_id, url, title, created_by)
            SELECT gen_random_uuid(), i.id, 'javascript:alert(1)', 'Harmless', i.created_by FROM issues i
            WHERE i.sequence_id = 14 AND i.project_id = (SELECT id FROM projects WHERE identifier = 'NDC')
            """);

        var html = await tracker.Http.GetStringAsync("/board/NDC/14");

        Assert.Contains("Harmless", html, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript:", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/board/NDC")]
    [InlineData("/board/NDC/6")]
    [InlineData("/board/NOPE")]
    public async Task Every_page_carries_the_strict_content_policy(string address)
    {
        using var answer = await tracker.Http.GetAsync(new Uri(address, UriKind.Relative));
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();

        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_page_has_nothing_inline_that_the_policy_would_refuse()
    {
        var html = await tracker.Http.GetStringAsync("/board/NDC/6");

        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<style", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?! src=)", html);
        Assert.DoesNotMatch(" on[a-z]+=", html);
    }

    [Theory]
    [InlineData("/board/NOPE")]
    [InlineData("/board/NDC/9999")]
    [InlineData("/board/NDC/99999999999999")]
    [InlineData("/assets/000000000000/board.css")]
    public async Task What_is_not_there_is_not_found(string address)
    {
        using var answer = await tracker.Http.GetAsync(new Uri(address, UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Deleted_and_archived_cards_are_not_shown()
    {
        await tracker.SetAsync("NDC-16", "deleted_at", DateTime.UnixEpoch);
        await tracker.SetAsync("NDC-17", "archived_at", DateTime.UnixEpoch);

        var html = await tracker.Http.GetStringAsync("/board/NDC");
        using var card = await tracker.Http.GetAsync(new Uri("/board/NDC/16", UriKind.Relative));

        Assert.DoesNotContain("NDC-16<", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NDC-17<", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, card.StatusCode);
    }
}
