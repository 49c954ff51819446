using System.Diagnostics;
using AgentGateway.Tasker.Tests.Adapter;
using Xunit.Abstractions;

namespace AgentGateway.Tasker.Tests.Content;

public sealed class LoadTests(TaskerFixture tasker, ITestOutputHelper output) : IClassFixture<TaskerFixture>
{
    private const int Rounds = 15;

    [Fact]
    public async Task Sixteen_appends_at_once_are_all_there_once()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            var key = AgentClient.NewKey();
            Answer answer;
            do
            {
                // As the gateway does: a busy tracker is asked again under the same key.
                answer = await world.Agent.PostAsync(
                    $"/cards/{card}/content/ops", new { ops = new[] { new { op = "append", markdown = $"line {n:D2}" } } }, key);
            }
            while (answer.Status == 503);
            answer.IsOk();
        }));

        var texts = (await world.Agent.ContentAsync(card)).Items("blocks").Select(block => $"{block["text"]}").Order();
        Assert.Equal(Enumerable.Range(0, 16).Select(n => $"line {n:D2}"), texts);
        Assert.Equal(
            Enumerable.Range(1, 17).Select(rev => (long)rev),
            await world.VersionsAsync<long[]>(card, "array_agg(v.content_rev ORDER BY v.content_rev)"));
    }

    [Fact]
    public async Task A_description_holds_256_KiB_and_not_more()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");
        await world.SaveAsPersonAsync(card, Cards.Paragraphs(33, 7900));
        var before = await world.RowAsync(card);

        (await world.Agent.AppendAsync(card, Cards.Lines(2, 7000))).IsProblem(413, "payload_too_large");

        Assert.Equal(before, await world.RowAsync(card));
        (await world.Agent.AppendAsync(card, "short")).IsProblem(413, "payload_too_large");
    }

    [Fact]
    public async Task A_card_holds_500_blocks_and_not_more()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");
        await world.SaveAsPersonAsync(card, Cards.Paragraphs(499, 10));

        (await world.Agent.AppendAsync(card, "the last one")).IsOk();
        (await world.Agent.AppendAsync(card, "one too many")).IsProblem(413, "payload_too_large");
        Assert.Equal("500", (await world.Agent.ContentAsync(card)).Text("total"));
    }

    [Theory]
    [InlineData(51, 10)]
    [InlineData(3, 8_000)]
    public async Task A_call_carries_no_more_than_a_call_may(int ops, int length)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");

        var refused = await world.Agent.OpsAsync(card, Enumerable.Range(0, ops)
            .Select(n => (object)new { op = "append", markdown = $"{n} ".PadRight(length, 'x') }).ToArray());

        refused.IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task Measured_reading_and_appending_to_a_card_of_500_blocks()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");
        await world.SaveAsPersonAsync(card, Cards.Paragraphs(480, 120));

        var read = await MedianAsync(_ => world.Agent.ContentAsync(card, "?limit=500"));
        var append = await MedianAsync(n => world.Agent.AppendAsync(card, $"Round {n}"));

        output.WriteLine($"p50 of {Rounds} over HTTP on a card of 480 blocks: read {read:F1} ms, append {append:F1} ms");
        Assert.Equal($"{480 + Rounds}", (await world.Agent.ContentAsync(card)).Text("total"));
    }

    private static async Task<double> MedianAsync(Func<int, Task<Answer>> action)
    {
        var times = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            (await action(i)).IsOk();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[Rounds / 2];
    }
}
