using System.Text.Json.Nodes;
using AgentGateway.Contract;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Contract;

/// <summary>The contract's check finds that the reference keeps it, and names what an implementation with a fault does not.</summary>
public sealed class ContractRunTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task The_reference_keeps_every_promise()
    {
        var world = await tasker.NewWorldAsync();

        var run = await RunAsync(world, tasker.Http.BaseAddress!);

        Assert.True(run.Exit == 0, run.Output);
        Assert.Contains(" hold.", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(TaskerFixture.FirstToken, run.Output + run.Progress, StringComparison.Ordinal);
        Assert.Equal(
            await world.ScalarAsync<int>("SELECT count(*)::int FROM issues WHERE project_id IN (@Project, @Foreign)"),
            run.Output[run.Output.IndexOf("Cards made", StringComparison.Ordinal)..].Split(", ").Length - 1);
    }

    [Fact]
    public async Task Cards_that_were_there_before_stay_as_they_were()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("of a person", new { content_markdown = "- [ ] theirs" });
        var before = await world.RowAsync("NDC-1");

        await RunAsync(world, tasker.Http.BaseAddress!);

        Assert.Equal(before, await world.RowAsync("NDC-1"));
    }

    [Fact]
    public async Task A_reference_that_wants_signed_calls_keeps_every_promise_too()
    {
        var strict = new TaskerFixture { AssertionKey = "assertion-key-0123456789abcdef0123456789" };
        await strict.InitializeAsync();
        var key = Path.GetTempFileName();
        await File.WriteAllTextAsync(key, strict.AssertionKey + "\n");

        var run = await RunAsync(await strict.NewWorldAsync(), strict.Http.BaseAddress!, "--assertion-key-file", key);

        File.Delete(key);
        await strict.DisposeAsync();
        Assert.True(run.Exit == 0, run.Output);
        Assert.Contains("assertion.widened", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.AnyToken, "token.wrong")]
    [InlineData(Fault.NoToken, "token.missing")]
    [InlineData(Fault.NoDeadline, "deadline.passed")]
    [InlineData(Fault.NoStoredAnswers, "key.repeat", "key.create", "key.other_payload", "key.parallel", "resolve.done", "resolve.fenced")]
    [InlineData(Fault.EveryScope, "scope.write", "scope.close", "scope.content")]
    [InlineData(Fault.EveryProject, "grant.foreign_card", "grant.foreign_write", "grant.list")]
    [InlineData(Fault.Deletes, "verbs.delete")]
    [InlineData(Fault.ConflictsIgnored, "session.conflict", "content.block_rev")]
    [InlineData(Fault.PlainErrors, "error.shape")]
    [InlineData(Fault.NoLimit, "page.comments", "page.limit")]
    public async Task A_fault_is_named_by_its_rows(Fault fault, params string[] rows)
    {
        var world = await tasker.NewWorldAsync();
        await using var faulty = await FaultyTasker.StartAsync(tasker.Http.BaseAddress!, fault, world);
        foreach (var row in rows)
        {
            var run = await RunAsync(world, faulty.Address, "--json", "--only", row);

            Assert.True(run.Exit == 1, $"{row}: {run.Output}");
            var result = JsonNode.Parse(run.Output)!;
            Assert.Equal("false", $"{result["holds"]}");
            var found = result["checks"]!.AsArray().Single(check => $"{check!["id"]}" == row)!;
            Assert.Equal("false", $"{found["holds"]}");
            Assert.DoesNotContain("suspended", $"{found["trouble"]}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Behind_the_same_proxy_without_a_fault_every_promise_is_kept()
    {
        var world = await tasker.NewWorldAsync();
        await using var faultless = await FaultyTasker.StartAsync(tasker.Http.BaseAddress!, Fault.None, world);

        var run = await RunAsync(world, faultless.Address);

        Assert.True(run.Exit == 0, run.Output);
    }

    [Fact]
    public async Task An_implementation_that_is_not_there_keeps_none()
    {
        var run = await RunAsync(await tasker.NewWorldAsync(), new Uri("http://127.0.0.1:1/"));

        Assert.Equal(1, run.Exit);
        Assert.DoesNotContain("holds  ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--url http://127.0.0.1:1")]
    [InlineData("--url ftp://127.0.0.1 --token x")]
    [InlineData("--url http://127.0.0.1:1/api --token x")]
    [InlineData("--url http://127.0.0.1:1 --token x --token-file y")]
    [InlineData("--url http://127.0.0.1:1 --token-file /no/such/file")]
    [InlineData("--url http://127.0.0.1:1 --token x --project NDC --second-project NDC")]
    [InlineData("--url http://127.0.0.1:1 --token x --owner anna")]
    [InlineData("--url http://127.0.0.1:1 --token x --colour red")]
    [InlineData("--url http://127.0.0.1:1 --token x --only nothing.like_it")]
    [InlineData("--url http://127.0.0.1:1 --token")]
    public async Task Wrong_usage_is_told_apart(string words)
    {
        var (output, progress) = (new StringWriter(), new StringWriter());

        var exit = await ContractCommand.RunAsync(
            words.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, progress, CancellationToken.None);

        Assert.Equal((2, ""), (exit, output.ToString()));
        Assert.Contains("usage:", progress.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Progress)> RunAsync(
        World world, Uri url, params string[] more)
    {
        // The owner is a member of the first project; of the second one too, as the usage asks.
        await world.ExecuteAsync(
            """
            INSERT INTO project_members (id, project_id, member_id, role) SELECT gen_random_uuid(), @Foreign, @Anna, 15
            WHERE NOT EXISTS (SELECT FROM project_members WHERE project_id = @Foreign AND member_id = @Anna)
            """);
        var (output, progress) = (new StringWriter(), new StringWriter());
        var exit = await ContractCommand.RunAsync(
            [
                "--url", url.ToString(), "--token", TaskerFixture.FirstToken, "--workspace", world.Slug, "--owner", world.Anna.ToString(),
                .. more,
            ],
            output, progress, CancellationToken.None);
        return (exit, output.ToString(), progress.ToString());
    }
}
