using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Reporting;

/// <summary>
/// Server-sent events for live panels: <c>change</c> names agents the ledger has something new of, <c>refresh</c> says to read
/// everything anew. Each has a position as its id; who comes back with it goes on from there.
/// </summary>
internal sealed class ChangeStream(ChangeFeed feed, IHostApplicationLifetime life, TimeProvider clock)
{
    private const string Change = "change";
    private const string Refresh = "refresh";

    // States change by time alone, too; and a client that has gone is noticed when it is written to.
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromSeconds(30);

    // A credential that was taken back must not be good for ever.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public async Task ServeAsync(HttpContext http)
    {
        var workspace = ReportingRoutes.Plain(OwnerRequest.Read(http), "workspace");
        if (feed.Open() is not { } changes)
        {
            throw new RequestRefusedException(Reasons.RateLimited, detail: "As many streams are open as there may be.");
        }

        using var end = new CancellationTokenSource(Longest, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(end.Token, life.ApplicationStopping, http.RequestAborted);
        try
        {
            var position = await BeginAsync(http, workspace, any.Token);
            await FollowAsync(http, workspace, changes, position, any.Token);
        }
        catch (OperationCanceledException)
        {
            // Gone, stopped or long enough: the client comes back and goes on.
        }
        finally
        {
            feed.Close(changes);
        }
    }

    // The position is read before anything is answered: what comes later is in the stream.
    private async Task<ulong> BeginAsync(HttpContext http, string? workspace, CancellationToken cancel)
    {
        var missed = ulong.TryParse(
            http.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? await feed.SinceAsync(last, cancel)
            : null;
        var position = missed?.UpTo ?? await feed.NowAsync(cancel);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync("retry: 2000\n\n", cancel);
        await TellAsync(http, workspace, position, missed?.Agents, cancel);
        return position;
    }

    private async Task FollowAsync(
        HttpContext http, string? workspace, ChannelReader<ChangesAt> changes, ulong position, CancellationToken cancel)
    {
        var refreshed = clock.GetTimestamp();
        while (true)
        {
            var left = RefreshEvery - clock.GetElapsedTime(refreshed);
            if (left <= TimeSpan.Zero || await NextAsync(changes, left, cancel) is not { } found)
            {
                refreshed = clock.GetTimestamp();
                await SendAsync(http, Refresh, position, "{}", cancel);
                continue;
            }

            // What was told when the stream began is not told twice.
            if (found.UpTo <= position)
            {
                continue;
            }

            var news = found.From <= position ? found : await CatchUpAsync(position, found, cancel);
            await TellAsync(http, workspace, news.UpTo, news.Agents, cancel);
            position = news.UpTo;
        }
    }

    // The feed began after this stream did, or the stream was not read for long: what lies between is asked for.
    private async Task<ChangesAt> CatchUpAsync(ulong position, ChangesAt found, CancellationToken cancel)
    {
        try
        {
            return await feed.SinceAsync(position, cancel) ?? found with { Agents = null };
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException)
        {
            return found with { Agents = null };
        }
    }

    private async Task<ChangesAt?> NextAsync(ChannelReader<ChangesAt> changes, TimeSpan within, CancellationToken cancel)
    {
        using var pause = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, cancel);
        try
        {
            return await changes.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    // Null: more than anybody can tell.
    private static Task TellAsync(
        HttpContext http, string? workspace, ulong position, IReadOnlyList<AgentChange>? agents, CancellationToken cancel)
    {
        if (agents is null)
        {
            return SendAsync(http, Refresh, position, "{}", cancel);
        }

        var notice = new ChangeNotice([.. agents.Where(agent => workspace is null || agent.Workspace == workspace)]);
        return notice.Agents.Count == 0
            ? Task.CompletedTask
            : SendAsync(http, Change, position, JsonSerializer.Serialize(notice, ReportingJson.Default.ChangeNotice), cancel);
    }

    private static async Task SendAsync(HttpContext http, string name, ulong position, string data, CancellationToken cancel)
    {
        await http.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"id: {position}\nevent: {name}\ndata: {data}\n\n"), cancel);
        await http.Response.Body.FlushAsync(cancel);
    }
}
