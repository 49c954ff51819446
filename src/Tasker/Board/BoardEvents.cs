using System.Text.Json;
using AgentGateway.Tasker.Board.Pages;
using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>Streams a project's changes to an open board: the changed tile as HTML, and who wrote it.</summary>
internal sealed class BoardEvents(
    NpgsqlDataSource database, BoardReader board, BoardSignal signal, TimeProvider clock, IHostApplicationLifetime host)
{
    private const int MostStreams = 256;

    // Also the heartbeat that notices a closed connection, and the fallback when notifications do not arrive.
    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);

    private int _streams;

    public async Task StreamAsync(HttpContext http, Guid project, string? agent, string? since)
    {
        if (Interlocked.Increment(ref _streams) > MostStreams)
        {
            Interlocked.Decrement(ref _streams);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        // Streams never end by themselves, and a server that stops would wait for them.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        try
        {
            await RunAsync(http, project, agent, since, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has gone, or the server goes: there is nobody to tell.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task RunAsync(HttpContext http, Guid project, string? agent, string? since, CancellationToken cancel)
    {
        var feed = await ChangeFeed.StartAsync(database, project, since, cancel);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await http.Response.WriteAsync("retry: 2000\n\n", cancel);
        await http.Response.Body.FlushAsync(cancel);
        var quiet = clock.GetTimestamp();
        while (!cancel.IsCancellationRequested)
        {
            var next = signal.Next;
            var changes = await feed.ReadAsync(cancel);
            if (changes.Count > 0)
            {
                await SendAsync(http, project, agent, changes, feed.Position, cancel);
                quiet = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(quiet) > PingEvery)
            {
                await http.Response.WriteAsync(": quiet\n\n", cancel);
                await http.Response.Body.FlushAsync(cancel);
                quiet = clock.GetTimestamp();
            }

            await Task.WhenAny(next, Task.Delay(PollEvery, clock, cancel));
        }
    }

    private async Task SendAsync(
        HttpContext http, Guid project, string? agent, IReadOnlyList<ChangeFeed.Change> changes, string position, CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var latest = changes.GroupBy(change => change.Issue).Select(card => card.Last()).ToList();
        var tiles = await board.CardsAsync(project, [.. latest.Select(change => change.Issue)], parent: null, agent, cancel);
        foreach (var change in latest)
        {
            var card = tiles.FirstOrDefault(tile => tile.Id == change.Issue);
            var created = changes.Any(other => other.Issue == change.Issue && other.Kind == "created");
            var data = Data(change.Issue, created ? "created" : change.Kind, card, today);
            await http.Response.WriteAsync($"id: {position}\nevent: card\ndata: {data}\n\n", cancel);
        }

        await http.Response.Body.FlushAsync(cancel);
    }

    private static string Data(Guid issue, string? kind, CardRow? card, DateOnly today) => JsonSerializer.Serialize(
        new BoardEvent(issue, kind ?? "updated", card?.Name, card?.State, card?.StateName, card?.SortOrder, card?.Agent,
            card?.SessionAgent is { } worker && worker == card.Agent ? card.SessionStatus : null,
            card is null ? null : CardTile.Render(card, today).ToString()),
        BoardJson.Default.BoardEvent);
}
