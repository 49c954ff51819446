using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentGateway.Tasker.Tests.Board;

/// <summary>A headless Chromium with one page, driven over its own debugging socket.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Places =
    [
        "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ];

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("board-browser");
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private int _last;

    private Chromium(string program) => _process = Process.Start(new ProcessStartInfo(
        program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0",
            $"--user-data-dir={_profile.FullName}", "about:blank",
        ])
    {
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    }) ?? throw new InvalidOperationException("Chromium did not start.");

    /// <summary>What the page complained of: uncaught errors, refused sources, failed requests.</summary>
    public List<string> Complaints { get; } = [];

    public static string? Installed() =>
        Environment.GetEnvironmentVariable("AGENT_GATEWAY_CHROMIUM") ?? Places.FirstOrDefault(File.Exists);

    public static async Task<Chromium> OpenAsync(string program, Uri address)
    {
        var browser = new Chromium(program);
        var port = await browser.PortAsync();
        using var http = new HttpClient();
        var pages = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list")))!.AsArray();
        var page = pages.First(target => (string?)target!["type"] == "page")!;
        await browser._socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), browser._deadline.Token);
        await browser.CallAsync("Runtime.enable");
        await browser.CallAsync("Log.enable");
        await browser.CallAsync("Page.enable");
        await browser.CallAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() });
        return browser;
    }

    public Task ResizeAsync(int width, int height) => CallAsync("Emulation.setDeviceMetricsOverride", new JsonObject
    {
        ["width"] = width,
        ["height"] = height,
        ["deviceScaleFactor"] = 1,
        ["mobile"] = true,
    });

    public async Task<string> AskAsync(string expression)
    {
        var question = new JsonObject { ["expression"] = expression, ["returnByValue"] = true };
        var answer = await CallAsync("Runtime.evaluate", question);
        return answer["result"]?["value"]?.ToString() ?? "";
    }

    /// <summary>Waits until the expression is true on the page; the page is asked again, never the clock.</summary>
    public async Task UntilAsync(string expression)
    {
        while (!string.Equals(await AskAsync($"Boolean({expression})"), "true", StringComparison.OrdinalIgnoreCase))
        {
            await Task.Delay(50, _deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _deadline.Dispose();
        _profile.Delete(recursive: true);
    }

    private async Task<string> PortAsync()
    {
        const string Start = "ws://127.0.0.1:";
        while (await _process.StandardError.ReadLineAsync(_deadline.Token) is { } line)
        {
            if (line.IndexOf(Start, StringComparison.Ordinal) is >= 0 and var at)
            {
                _ = _process.StandardError.ReadToEndAsync(_deadline.Token);
                return line[(at + Start.Length)..].Split('/')[0];
            }
        }

        throw new InvalidOperationException("Chromium ended before it listened.");
    }

    private async Task<JsonObject> CallAsync(string method, JsonObject? parameters = null)
    {
        var id = ++_last;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(
            Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, _deadline.Token);
        while (true)
        {
            var message = await ReceiveAsync();
            if ((int?)message["id"] == id)
            {
                return message["result"]?.AsObject() ?? throw new InvalidOperationException(message.ToJsonString());
            }

            if ((string?)message["method"] is "Runtime.exceptionThrown" or "Log.entryAdded")
            {
                Complaints.Add(message["params"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = false }));
            }
        }
    }

    private async Task<JsonObject> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), _deadline.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray())!.AsObject();
    }
}
