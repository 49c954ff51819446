using System.Diagnostics;
using Xunit.Abstractions;

namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>Lists and search stay quick on a project of ten thousand cards.</summary>
public sealed class SpeedTests(TaskerFixture tasker, ITestOutputHelper output) : IClassFixture<TaskerFixture>
{
    private const int Cards = 10_000;

    // A machine can be slow; a list without its index is slow beside a single card on any machine (6 times with it, 25 and more without).
    private const int MostTimesACard = 20;

    [Fact]
    public async Task A_page_of_ten_thousand_cards_takes_a_small_multiple_of_one_card()
    {
        var world = await tasker.NewWorldAsync();
        await FillAsync(world);
        var path = $"/projects/{world.Project}/cards";

        var times = new Dictionary<string, double>
        {
            ["list"] = await MedianAsync(() => world.Agent.GetAsync(path)),
            ["by board"] = await MedianAsync(() => world.Agent.GetAsync($"{path}?view=all&sort=board")),
            ["by label"] = await MedianAsync(() => world.Agent.GetAsync($"{path}?label=bug&assignee=me")),
            ["search"] = await MedianAsync(() => world.Agent.SearchAsync("needle 77")),
            ["one card"] = await MedianAsync(() => world.Agent.GetAsync("/cards/NDC-777")),
        };

        foreach (var (name, time) in times)
        {
            output.WriteLine($"{name}: p50 {time:F1} ms");
        }

        Assert.All(times, time => Assert.True(time.Value <= MostTimesACard * times["one card"], $"{time.Key}: {time.Value:F1} ms"));
    }

    private static Task<int> FillAsync(World world) => world.ExecuteAsync(
        """
        INSERT INTO issues (id, workspace_id, project_id, sequence_id, name, description_html, description_stripped, state_id, sort_order, created_by)
        SELECT gen_random_uuid(), @Workspace, @Project, n, 'Card ' || n || CASE WHEN n % 100 = 0 THEN ' needle' ELSE '' END,
               '<p>Some words of card ' || n || '</p>', 'Some words of card ' || n || ' and more text that nobody searches for',
               (ARRAY(SELECT id FROM states WHERE project_id = @Project ORDER BY sequence))[1 + n % 6], n, @Anna
        FROM generate_series(1, @Cards) AS n;
        INSERT INTO issue_labels (id, issue_id, label_id)
        SELECT gen_random_uuid(), i.id, l.id FROM issues i JOIN labels l ON l.project_id = i.project_id AND l.name = 'bug'
        WHERE i.project_id = @Project AND i.sequence_id % 10 = 0;
        INSERT INTO issue_assignees (id, issue_id, assignee_id)
        SELECT gen_random_uuid(), i.id, @Anna FROM issues i WHERE i.project_id = @Project AND i.sequence_id % 7 = 0;
        ANALYZE issues, issue_labels, issue_assignees
        """,
        new { world.Workspace, world.Project, world.Anna, Cards });

    private static async Task<double> MedianAsync(Func<Task<Answer>> call)
    {
        var times = new List<double>();
        for (var i = 0; i < 15; i++)
        {
            var start = Stopwatch.GetTimestamp();
            (await call()).IsOk();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }
}
