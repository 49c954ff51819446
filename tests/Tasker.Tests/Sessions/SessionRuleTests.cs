using System.Text.Json.Nodes;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>What a report may do to its card, whose card it may be, and what is refused.</summary>
public sealed class SessionRuleTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private static readonly object Link = new { url = "https://example.org/pr/1", kind = "pull_request" };

    [Fact]
    public async Task Ticks_links_and_the_move_happen_with_the_report()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "- [ ] one\n- [ ] two" });
        var items = await ItemsAsync(world, card);

        var told = await world.Agent.ReportAsync(card, "s-1", new
        {
            check_items = new[] { new { block_id = items[0], @checked = true, expect_text = "one" } },
            links = new[] { Link, Link },
            move_to = "in review",
        });

        told.IsOk(201);
        Assert.Equal(["work_session", "check_items", "links", "state"], told.List("receipt.changed"));
        Assert.Equal(("1", "2"), (told.Text("receipt.progress.checked"), told.Text("receipt.progress.total")));
        Assert.Equal(("In Review", "started"), (told.Text("receipt.state.name"), told.Text("receipt.state.group")));
        var card1 = await world.Agent.GetAsync($"/cards/{card}?include=activity");
        Assert.Single(card1.Items("links"));
        Assert.Equal((told.Text("receipt.rev"), told.Text("receipt.content_rev")), (card1.Text("rev"), card1.Text("content_rev")));
        Assert.Equal(
            ["description", "link", "state", "work_session"],
            card1.Items("activity").Select(line => line["field"]?.ToString()).OfType<string>().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("session:report", "working")]
    [InlineData("card:content:check", "check_items")]
    [InlineData("card:link", "links")]
    [InlineData("card:move", "move_to")]
    [InlineData("card:close", "close")]
    public async Task Each_part_needs_its_own_scope_and_without_one_nothing_happens(string scope, string part)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "- [ ] one" });
        var item = (await ItemsAsync(world, card))[0];
        var before = await world.RowAsync(card);
        object more = part switch
        {
            "check_items" => new { check_items = new[] { new { block_id = item, @checked = true } }, links = new[] { Link } },
            "links" => new { links = new[] { Link }, check_items = new[] { new { block_id = item, @checked = true } } },
            "move_to" => new { move_to = "In Progress", links = new[] { Link } },
            "close" => new { move_to = "Готово", links = new[] { Link } },
            _ => new { },
        };

        var refused = await world.Agent.Without(scope).ReportAsync(card, "s-1", more);

        refused.IsProblem(403, "scope_missing");
        Assert.Equal(scope, refused.Text("errors.0.value"));
        Assert.Equal(0, await world.CommentsAsync());
        Assert.Equal(before, await world.RowAsync(card));
        (await world.Agent.ReportAsync(card, "s-1", more)).IsOk(201);
    }

    [Fact]
    public async Task The_trackers_own_ceiling_holds_for_each_part_too()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.ExecuteAsync("UPDATE projects SET agent_max_scopes = ARRAY['card:read', 'session:report'] WHERE id = @Project");

        (await world.Agent.ReportAsync(card, "s-1", new { links = new[] { Link } })).IsProblem(403, "scope_missing");
        (await world.Agent.ReportAsync(card, "s-1", new { move_to_started = true })).IsOk(201);
    }

    [Theory]
    [InlineData("Todo", "In Progress", true)]
    [InlineData("Backlog", "In Progress", true)]
    [InlineData("In Review", "In Review", false)]
    [InlineData("Cancelled", "Cancelled", false)]
    public async Task Beginning_moves_a_card_to_the_first_started_state_and_never_back(string from, string to, bool moved)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { state = from });

        var begun = await world.Agent.ReportAsync(card, "s-1", new { move_to_started = true });

        begun.IsOk(201);
        Assert.Equal(to, begun.Text("receipt.state.name"));
        Assert.Equal(moved, begun.List("receipt.changed").Contains("state"));
    }

    [Fact]
    public async Task Beginning_without_the_right_to_move_begins_all_the_same_and_says_so()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var begun = await world.Agent.Without("card:move").ReportAsync(card, "s-1", new { move_to_started = true });

        begun.IsOk(201);
        Assert.Equal(("Todo", "scope_missing"), (begun.Text("receipt.state.name"), begun.Text("receipt.warnings.0.code")));
    }

    [Fact]
    public async Task A_project_without_started_states_keeps_its_cards_where_they_are()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.ExecuteAsync("""UPDATE states SET deleted_at = now() WHERE project_id = @Project AND "group" = 'started'""");

        var begun = await world.Agent.ReportAsync(card, "s-1", new { move_to_started = true });

        begun.IsOk(201);
        Assert.Equal("unknown_state", begun.Text("receipt.warnings.0.code"));
    }

    [Fact]
    public async Task One_item_that_cannot_be_ticked_undoes_the_whole_report_and_is_pointed_at()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "- [ ] one\n- [ ] two" });
        var items = await ItemsAsync(world, card);
        var before = await world.RowAsync(card);

        var refused = await world.Agent.ReportAsync(card, "s-1", new
        {
            move_to = "In Progress",
            check_items = new object[]
            {
                new { block_id = items[0], @checked = true }, new { block_id = items[1], @checked = true, expect_text = "three" },
            },
        });

        refused.IsProblem(409, "block_conflict");
        Assert.Equal("two", refused.Text("current.text"));
        Assert.StartsWith("/check_items/1", refused.Text("errors.0.pointer"), StringComparison.Ordinal);
        Assert.Equal(before, await world.RowAsync(card));
        Assert.Equal(0, await world.CommentsAsync());
    }

    [Fact]
    public async Task A_replayed_key_answers_the_same_bytes_and_reports_nothing_twice()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var key = AgentClient.NewKey();
        var body = new { status = "working", goal = "Fix it" };

        var first = await world.Agent.PutAsync($"/cards/{card}/work-sessions/s-1", body, key);
        await world.Agent.ReportAsync(card, "s-1", new { status = "testing" });
        var again = await world.Agent.PutAsync($"/cards/{card}/work-sessions/s-1", body, key);

        Assert.Equal((201, first.Body, true), (again.Status, again.Body, again.Replayed));
        Assert.StartsWith("**Work session: testing**", await world.CommentAsync("s-1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE issues SET deleted_at = now() WHERE project_id = @Project", 404, "card_not_found")]
    [InlineData("UPDATE issues SET archived_at = now() WHERE project_id = @Project", 404, "card_not_found")]
    [InlineData("UPDATE issues SET project_id = @Foreign WHERE project_id = @Project", 404, "card_not_found")]
    [InlineData("UPDATE projects SET agents_enabled = false WHERE id = @Project", 403, "project_not_granted")]
    public async Task A_card_that_a_person_took_away_meanwhile_is_refused_plainly(string deed, int status, string code)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");
        await world.ExecuteAsync(deed);

        (await world.Agent.ReportAsync(card, "s-1", new { status = "testing" })).IsProblem(status, code);
        (await world.Agent.ReportAsync(card, "s-1", new { status = "completed" })).IsProblem(status, code);
        if (status == 404)
        {
            Assert.Empty((await world.Agent.GetAsync($"/projects/{world.Project}/work-sessions")).Items("sessions"));
        }
    }

    private static async Task<string[]> ItemsAsync(World world, string card) =>
        [.. (await world.Agent.GetAsync($"/cards/{card}/content")).Items("blocks").Select(Id)];

    private static string Id(JsonNode block) => block["id"]!.ToString();
}
