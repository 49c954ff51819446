using System.Text.Json;
using AgentGateway.Tasker.Seed;

namespace AgentGateway.Tasker.Tests.Board;

public sealed class SeedTests(BoardTracker tracker) : IClassFixture<BoardTracker>
{
    private static readonly string[] Tables =
    [
        "users", "workspaces", "workspace_members", "projects", "project_members", "states", "labels", "issues", "issue_labels",
        "issue_assignees", "issue_comments", "issue_links", "issue_activities",
    ];

    [Fact]
    public async Task Seeding_again_changes_nothing()
    {
        var before = await FingerprintAsync();

        await new TrackerSeed(tracker.Database, TimeProvider.System).RunAsync(CancellationToken.None);

        Assert.Equal(before, await FingerprintAsync());
    }

    [Fact]
    public async Task Two_seeds_at_once_leave_one_story()
    {
        var before = await FingerprintAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            new TrackerSeed(tracker.Database, TimeProvider.System).RunAsync(CancellationToken.None)));

        Assert.Equal(before, await FingerprintAsync());
    }

    [Fact]
    public async Task A_changed_card_is_left_as_people_made_it()
    {
        await tracker.SetAsync("OPS-12", "name", "Renamed by a person");

        await new TrackerSeed(tracker.Database, TimeProvider.System).RunAsync(CancellationToken.None);

        var name = await tracker.AskAsync<string>("SELECT name FROM issues WHERE id = @id", new { id = SeedIds.Of("OPS-12") });
        Assert.Equal("Renamed by a person", name);
    }

    [Fact]
    public async Task The_report_names_workspace_owner_and_projects()
    {
        var report = await new TrackerSeed(tracker.Database, TimeProvider.System).RunAsync(CancellationToken.None);
        using var json = JsonDocument.Parse(TrackerSeed.ToJson(report));

        Assert.Equal("nodedc", json.RootElement.GetProperty("workspace").GetString());
        Assert.Equal("Anna Petrova", json.RootElement.GetProperty("owner").GetProperty("name").GetString());
        Assert.Equal(SeedIds.Owner, json.RootElement.GetProperty("owner").GetProperty("id").GetGuid());
        Assert.Equal(
            ["NDC", "OPS", "SEC"],
            json.RootElement.GetProperty("projects").EnumerateArray().Select(project => project.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task The_story_is_large_enough_to_believe()
    {
        Assert.True(await tracker.AskAsync<long>("SELECT count(*) FROM issues") >= 45);
        Assert.True(await tracker.AskAsync<long>("SELECT min(n) FROM (SELECT count(*) n FROM labels GROUP BY project_id) x") >= 8);
        Assert.True(await tracker.AskAsync<long>("SELECT count(*) FROM users WHERE NOT is_active") >= 1);
        Assert.True(await tracker.AskAsync<long>("SELECT count(*) FROM issues WHERE parent_id IS NOT NULL") >= 1);
        Assert.True(await tracker.AskAsync<long>("SELECT count(*) FROM issues WHERE description_html LIKE '%data-checked%'") >= 10);
    }

    private async Task<string> FingerprintAsync()
    {
        var rows = new List<string?>();
        foreach (var table in Tables)
        {
            rows.Add(await tracker.AskAsync<string>($"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t.id), '')) FROM {table} t"));
        }

        return string.Join('\n', rows);
    }
}
