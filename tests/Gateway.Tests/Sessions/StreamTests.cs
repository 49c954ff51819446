using System.Net.Http.Headers;
using AgentGateway.Gateway.Tests.Flow;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>The stream for live panels: it tells who changed, goes on where it stopped, and ends when it must.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_stream_begins_with_a_refresh_and_tells_of_calls_and_sessions()
    {
        await using var world = await SessionWorld.StartAsync();
        using var stream = await EventStream.OpenAsync(world);

        var first = await stream.NextAsync();
        await world.ResultAsync("whoami", "{}");
        var called = await stream.NextAsync();
        await world.StartWorkAsync();
        var begun = await stream.UntilAsync("\"sessions\":true");

        Assert.Equal("refresh", first.Name);
        Assert.Equal("change", called.Name);
        Assert.Contains("\"sessions\":false", called.Data, StringComparison.Ordinal);
        Assert.True(begun.Id > first.Id);
    }

    [Fact]
    public async Task Who_comes_back_is_told_what_it_missed_and_who_comes_back_with_nonsense_reads_anew()
    {
        await using var world = await SessionWorld.StartAsync();
        long last;
        using (var before = await EventStream.OpenAsync(world))
        {
            last = (await before.NextAsync()).Id;
        }

        await world.StartWorkAsync();
        using var after = await EventStream.OpenAsync(world, last.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var nonsense = await EventStream.OpenAsync(world, "99999999999999999");

        Assert.Contains("\"sessions\":true", (await after.UntilAsync("change")).Data, StringComparison.Ordinal);
        Assert.Equal("refresh", (await nonsense.NextAsync()).Name);
    }

    [Fact]
    public async Task A_stream_that_begins_amid_traffic_is_told_of_changes_all_the_same()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var world = await SessionWorld.StartAsync();
            using var done = new CancellationTokenSource();
            // Positions are transactions: the stream and the feed that starts with it read different ones.
            var traffic = Task.Run(async () =>
            {
                while (!done.IsCancellationRequested)
                {
                    await world.Ledger.ExecuteAsync("SELECT pg_current_xact_id()");
                }
            });
            using var stream = await EventStream.OpenAsync(world);
            var first = await stream.NextAsync();
            await world.ResultAsync("whoami", "{}");
            var called = await stream.NextAsync();
            await done.CancelAsync();
            await traffic;

            Assert.Equal(("refresh", "change"), (first.Name, called.Name));
        }
    }

    [Fact]
    public async Task A_stream_of_one_workspace_tells_of_no_other()
    {
        await using var world = await SessionWorld.StartAsync();
        using var other = await EventStream.OpenAsync(world, query: "?workspace=elsewhere");
        using var mine = await EventStream.OpenAsync(world, query: "?workspace=nodedc");
        await other.NextAsync();
        await mine.NextAsync();

        await world.ResultAsync("whoami", "{}");
        await mine.NextAsync();

        await Assert.ThrowsAsync<TimeoutException>(() => other.NextAsync(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task There_are_no_more_streams_than_there_may_be_and_a_closed_one_makes_room()
    {
        await using var world = await SessionWorld.StartAsync();
        var open = new List<EventStream>();
        for (var n = 0; n < 32; n++)
        {
            open.Add(await EventStream.OpenAsync(world));
        }

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => EventStream.OpenAsync(world));
        open[0].Dispose();
        await Support.Eventually.TrueAsync(async () =>
        {
            // The gateway learns that it has gone when it next has something to say.
            await world.ResultAsync("whoami", "{}");
            try
            {
                open.Add(await EventStream.OpenAsync(world));
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });

        Assert.Equal(429, (int?)refused.StatusCode);
        open.ForEach(stream => stream.Dispose());
    }

    [Fact]
    public async Task Streams_end_when_the_gateway_stops_and_do_not_hold_it_up()
    {
        var world = await SessionWorld.StartAsync();
        using var stream = await EventStream.OpenAsync(world);
        await stream.NextAsync();

        var stopped = world.DisposeAsync().AsTask();

        await stopped.WaitAsync(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAnyAsync<IOException>(() => stream.NextAsync());
    }

    /// <summary>Reads server-sent events one by one.</summary>
    private sealed class EventStream(HttpResponseMessage response, StreamReader reader) : IDisposable
    {
        public static async Task<EventStream> OpenAsync(SessionWorld world, string? last = null, string query = "")
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/internal/v1/reporting/stream" + query);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FlowWorld.OwnersToken);
            if (last is not null)
            {
                request.Headers.Add("Last-Event-ID", last);
            }

            var response = await world.Flow.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (!response.IsSuccessStatusCode)
            {
                // Else each refusal would hold its connection, and a source may have only so many.
                response.Dispose();
            }

            response.EnsureSuccessStatusCode();
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new EventStream(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<(long Id, string Name, string Data)> NextAsync(TimeSpan? patience = null)
        {
            var (id, name, data) = (0L, "", "");
            while (await reader.ReadLineAsync().WaitAsync(patience ?? Patience) is { } line)
            {
                switch (line.Split(": ", 2))
                {
                    case ["id", var value]:
                        id = long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                        break;
                    case ["event", var value]:
                        name = value;
                        break;
                    case ["data", var value]:
                        data = value;
                        break;
                    case [""] when name.Length > 0:
                        return (id, name, data);
                }
            }

            throw new IOException("The stream has ended.");
        }

        public async Task<(long Id, string Name, string Data)> UntilAsync(string words)
        {
            while (true)
            {
                var next = await NextAsync();
                if (next.Name == words || next.Data.Contains(words, StringComparison.Ordinal))
                {
                    return next;
                }
            }
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }
    }
}
