using System.Diagnostics;
using AgentGateway.Tasker.Blocks;
using Xunit.Abstractions;

namespace AgentGateway.Tasker.Tests.Blocks;

/// <summary>Prints how long a card of 500 blocks takes; a busy machine is slower, so no time is asserted.</summary>
public sealed class MeasurementTests(ITestOutputHelper output)
{
    private const int Rounds = 40;

    [Fact]
    [Trait("kind", "measurement")]
    public void Reading_and_appending_to_a_card_of_five_hundred_blocks()
    {
        var html = CardText.ToHtml(string.Join("\n\n", Enumerable.Range(0, 124).Select(i =>
            $"## Head {i}\n\nSome **bold** text with [a link](https://x.y/{i}) and `code`\n\n- [ ] task {i}\n- [x] done *{i}*")));
        var blocks = 0;
        var added = 0;

        var read = Median(() => blocks = BlockDocument.Parse(html).Blocks.Count);
        var append = Median(() => added = Edits.Done(html, Edits.Append("One more **line**")).Added.Count);

        output.WriteLine($"{blocks} blocks, {html.Length} chars: read {read:F1} ms, append {append:F1} ms (p50 of {Rounds})");
        Assert.Equal((496, 1), (blocks, added));
    }

    private static double Median(Action action)
    {
        var times = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[Rounds / 2];
    }
}
