namespace AgentGateway.Tasker.Tests.Panel;

/// <summary>Open panels learn at once that something changed, over one stream from the gateway.</summary>
public sealed class PanelFeedTests(PanelWorld world) : IClassFixture<PanelWorld>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_change_at_the_gateway_reaches_every_panel_over_one_stream_and_a_lost_one_is_told_and_taken_up_again()
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var anna = await world.SignInAsync(PanelWorld.Anna);
        Assert.Equal(0, world.Gateway.Streams);

        using var first = await OpenAsync(anna, deadline.Token);
        Assert.Equal("live", await NextAsync(first, deadline.Token));
        using var second = await OpenAsync(anna, deadline.Token);
        world.Gateway.Tell("""{"agents":[{"id":"ag_secret","workspace":"nodedc","at":"2026-05-04T10:00:00Z","sessions":true}]}""");

        Assert.Equal(("live", "live"), (await NextAsync(first, deadline.Token), await NextAsync(second, deadline.Token)));
        Assert.Equal(1, world.Gateway.Streams);

        world.Gateway.Drop();
        await UntilAsync(first, "away", deadline.Token);
        await UntilAsync(first, "live", deadline.Token);
        Assert.Equal(2, world.Gateway.Streams);
    }

    private static async Task<StreamReader> OpenAsync(HttpClient browser, CancellationToken cancel)
    {
        var answer = await browser.GetAsync(new Uri("/agents/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
        Assert.StartsWith("retry:", await lines.ReadLineAsync(cancel), StringComparison.Ordinal);
        return lines;
    }

    private static async Task UntilAsync(StreamReader lines, string word, CancellationToken cancel)
    {
        while (await NextAsync(lines, cancel) != word)
        {
            // The last word is said twice.
        }
    }

    // Nothing of what changed is in it: the page asks for that itself.
    private static async Task<string> NextAsync(StreamReader lines, CancellationToken cancel)
    {
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            Assert.DoesNotContain("ag_secret", line, StringComparison.Ordinal);
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return line["data: ".Length..];
            }
        }

        throw new EndOfStreamException();
    }
}
