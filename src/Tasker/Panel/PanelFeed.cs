using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Panel;

/// <summary>
/// Relays that something changed: however many panels are open, Tasker listens to the gateway once, and not at all when none is.
/// </summary>
internal sealed class PanelFeed(GatewayWire wire, TimeProvider clock, IHostApplicationLifetime host) : BackgroundService
{
    private const int MostPanels = 64;
    private const string Live = "live";
    private const string Away = "away";

    // A panel comes back after this and passes the gate again: who is no administrator any more hears no more.
    private static readonly TimeSpan LongestStream = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(3);

    // The gateway says something now and then; one that does not has gone without a word.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    // However much happens, a panel asks again once in this time.
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);

    // What the ledger tells of, a session shows a moment later; so the last word of a change is said twice.
    private static readonly TimeSpan EchoAfter = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _opened = new(0);
    private TaskCompletionSource _next = NewSignal();
    private int _panels;

    // Empty until the gateway was asked.
    private volatile string _state = "";

    public async Task StreamAsync(HttpContext http)
    {
        if (Interlocked.Increment(ref _panels) > MostPanels)
        {
            Interlocked.Decrement(ref _panels);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        _opened.Release();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        using var limit = new CancellationTokenSource(LongestStream, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, limit.Token);
        try
        {
            await TellAsync(http, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The reader has gone, the server goes, or it is time to ask at the gate again.
        }
        finally
        {
            Interlocked.Decrement(ref _panels);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _opened.WaitAsync(stoppingToken);
                while (Volatile.Read(ref _panels) > 0)
                {
                    await ListenAsync(stoppingToken);
                    await Task.Delay(RetryAfter, clock, stoppingToken);
                }

                _state = "";
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            await using var stream = await wire.ListenAsync("reporting/stream", cancel);
            if (stream is null)
            {
                Turn(Away);
                return;
            }

            // Whatever happened before is not in this stream.
            _state = Live;
            Wake();
            using var lines = new StreamReader(stream);
            while (Volatile.Read(ref _panels) > 0
                && await lines.ReadLineAsync(cancel).AsTask().WaitAsync(LongestSilence, clock, cancel) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal))
                {
                    Wake();
                }
            }
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or TimeoutException or OperationCanceledException
            && !cancel.IsCancellationRequested)
        {
            Turn(Away);
        }
    }

    private async Task TellAsync(HttpContext http, CancellationToken cancel)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        // Taken before the last word is sent, so that nothing slips in between.
        var next = Volatile.Read(ref _next).Task;
        await SendAsync(http, $"retry: 2000\n\n{(_state is { Length: > 0 } state ? $"event: state\ndata: {state}\n\n" : "")}", cancel);
        var echo = false;
        while (true)
        {
            var told = await Task.WhenAny(next, Task.Delay(echo ? EchoAfter : PingEvery, clock, cancel)) == next;
            cancel.ThrowIfCancellationRequested();
            next = Volatile.Read(ref _next).Task;
            await SendAsync(http, told || echo ? $"event: agents\ndata: {_state}\n\n" : ": quiet\n\n", cancel);
            echo = told;
            await Task.Delay(AtMostEvery, clock, cancel);
        }
    }

    private void Turn(string state)
    {
        if (_state != state)
        {
            _state = state;
            Wake();
        }
    }

    private void Wake() => Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();

    private static async Task SendAsync(HttpContext http, string text, CancellationToken cancel)
    {
        await http.Response.WriteAsync(text, cancel);
        await http.Response.Body.FlushAsync(cancel);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
