using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Board;
using Dapper;

namespace AgentGateway.Tasker.Tests.Board;

public sealed partial class BoardEventsTests(BoardTracker tracker) : IClassFixture<BoardTracker>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_agent_s_write_reaches_an_open_board_with_its_name()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var board = await OpenAsync("/board/NDC/events", deadline.Token);

        await tracker.MoveAsAgentAsync(12, "In Progress");
        var change = await board.NextAsync();

        Assert.Equal("NDC-12", change.Card);
        Assert.Equal("In Progress", change.StateName);
        Assert.Equal("Codex · laptop", change.Agent);
        Assert.Contains("data-agent", change.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_between_page_and_stream_is_not_lost()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var page = await tracker.Http.GetStringAsync("/board/NDC", deadline.Token);
        var address = Events().Match(page).Groups[1].Value;

        await tracker.MoveAsAgentAsync(13, "In Review");
        await using var board = await OpenAsync(address, deadline.Token);

        Assert.Equal("NDC-13", (await board.NextAsync()).Card);
    }

    [Fact]
    public async Task A_removed_card_is_announced_without_a_tile()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var board = await OpenAsync("/board/NDC/events", deadline.Token);

        await tracker.SetAsync("NDC-19", "deleted_at", DateTime.UnixEpoch);
        var change = await board.NextAsync();

        Assert.Equal(Seed.SeedIds.Of("NDC-19"), change.Id);
        Assert.Null(change.Html);
    }

    [Fact]
    public async Task Another_project_s_changes_are_not_streamed()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var board = await OpenAsync("/board/OPS/events", deadline.Token);

        await tracker.MoveAsAgentAsync(18, "In Progress");
        await tracker.AskAsync<int>("UPDATE issues SET priority = 'high' WHERE id = @id", new { id = Seed.SeedIds.Of("OPS-6") });

        Assert.Equal("OPS-6", (await board.NextAsync()).Card);
    }

    [Fact]
    public async Task Changes_that_commit_out_of_order_arrive_once_each_and_none_is_lost()
    {
        var feed = await ChangeFeed.StartAsync(tracker.Database, Seed.SeedIds.Of("SEC"), since: null, default);
        await using var slow = await tracker.Database.OpenConnectionAsync();
        await using var early = await slow.BeginTransactionAsync();
        const string Touch = "UPDATE issues SET priority = 'low' WHERE id = @id";
        await slow.ExecuteAsync(Touch, new { id = Seed.SeedIds.Of("SEC-1") });
        await tracker.AskAsync<int>(Touch, new { id = Seed.SeedIds.Of("SEC-2") });

        var first = await feed.ReadAsync(default);
        var nothing = await feed.ReadAsync(default);
        await early.CommitAsync();
        var second = await feed.ReadAsync(default);

        Assert.Equal(Seed.SeedIds.Of("SEC-2"), Assert.Single(first).Issue);
        Assert.Empty(nothing);
        Assert.Equal(Seed.SeedIds.Of("SEC-1"), Assert.Single(second).Issue);
    }

    [Theory]
    [InlineData("1' OR 1=1")]
    [InlineData("5:3:")]
    [InlineData("99999999999999999999999999:1:")]
    public async Task A_position_that_is_none_starts_from_now(string since)
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var board = await OpenAsync($"/board/SEC/events?since={Uri.EscapeDataString(since)}", deadline.Token);

        await tracker.AskAsync<int>("UPDATE issues SET updated_at = now() WHERE id = @id", new { id = Seed.SeedIds.Of("SEC-7") });

        Assert.Equal("SEC-7", (await board.NextAsync()).Card);
    }

    private async Task<Stream> OpenAsync(string address, CancellationToken cancel)
    {
        var answer = await tracker.Http.GetAsync(
            new Uri(address, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancel);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var stream = new Stream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(cancel)), cancel);
        await stream.GreetingAsync();
        return stream;
    }

    [GeneratedRegex("data-events=\"([^\"]+)\"")]
    private static partial Regex Events();

    private sealed class Stream(HttpResponseMessage answer, StreamReader lines, CancellationToken cancel) : IAsyncDisposable
    {
        public async Task GreetingAsync() =>
            Assert.StartsWith("retry:", await lines.ReadLineAsync(cancel), StringComparison.Ordinal);

        public async Task<BoardEvent> NextAsync()
        {
            while (await lines.ReadLineAsync(cancel) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    return JsonSerializer.Deserialize(line["data: ".Length..], BoardJson.Default.BoardEvent)
                        ?? throw new UnreachableException();
                }
            }

            throw new EndOfStreamException();
        }

        public ValueTask DisposeAsync()
        {
            lines.Dispose();
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
