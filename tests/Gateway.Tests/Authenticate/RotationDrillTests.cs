using System.Collections.Concurrent;
using System.Runtime.Versioning;
using AgentGateway.Gateway.Tests.Configure;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Owners;
using AgentGateway.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Gateway.Tests.Authenticate;

/// <summary>The drills of the operations handbook, at a hundred calls a second: no call fails, unless a step is left out.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RotationDrillTests : IDisposable
{
    private const string Old = "old-token-of-the-rotation-drill-4e1c77b0";
    private const string Fresh = "fresh-token-of-the-rotation-drill-90ab1f";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agw-drill-");

    private string File => Path.Combine(_folder.FullName, "token");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backends_token_is_rotated_under_load_and_only_a_swap_at_once_fails_calls(bool overlap)
    {
        SecretFilesTests.Put(File, Old);
        await using var world = await OwnersWorld.StartAsync(more: FromFile("NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"));
        var presented = Old;
        await using var load = Load.Start(async () => (await world.AskAsync("GET", world.Agent(), token: presented)).Status == 200);

        SecretFilesTests.Put(File, overlap ? $"{Fresh},{Old}" : Fresh);
        await Eventually.TrueAsync(() => OpensAsync(world, Fresh));
        await load.RunAsync(calls: 100);
        presented = Fresh;
        await load.RunAsync(calls: 20);
        SecretFilesTests.Put(File, Fresh);
        await Eventually.TrueAsync(async () => !await OpensAsync(world, Old));
        await load.RunAsync(calls: 100);

        var (done, failed) = await load.StopAsync();
        Assert.InRange(done, 250, int.MaxValue);
        Assert.Equal(overlap, failed == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Taskers_token_is_rotated_under_load_and_only_a_swap_at_once_fails_calls(bool overlap)
    {
        SecretFilesTests.Put(File, Old);
        await using var tasker = await PickyTasker.StartAsync(Old);
        await using var world = await FlowWorld.StartAsync(
            taskerAddress: tasker.Address, more: FromFile("NODEDC_TASKER_INTERNAL_TOKEN"));
        await using var load = Load.Start(
            async () => (int?)(await world.ResultAsync("list_comments", """{"card":"NDC-1"}"""))["total"] == 0);
        await load.RunAsync(calls: 50);

        tasker.Accept(overlap ? [Fresh, Old] : [Fresh]);
        await load.RunAsync(calls: 50);
        SecretFilesTests.Put(File, Fresh);
        await Eventually.TrueAsync(() => Task.FromResult(tasker.Last == Fresh));
        await load.RunAsync(calls: 20);
        tasker.Accept(Fresh);
        await load.RunAsync(calls: 100);

        var (done, failed) = await load.StopAsync();
        Assert.InRange(done, 220, int.MaxValue);
        Assert.Equal(overlap, failed == 0);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<bool> OpensAsync(OwnersWorld world, string token) =>
        (await world.AskAsync("GET", world.Agent(), token: token)).Status == 200;

    private Dictionary<string, string> FromFile(string setting) => new() { [setting] = "", [setting + "_FILE"] = File };

    /// <summary>A call every ten milliseconds, however long one takes.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentBag<Task> _calls = [];
        private readonly Func<Task<bool>> _call;
        private readonly Task _ticking;
        private int _done;
        private int _failed;

        private Load(Func<Task<bool>> call)
        {
            _call = call;
            _ticking = TickAsync();
        }

        public static Load Start(Func<Task<bool>> call) => new(call);

        /// <summary>Until so many more calls have been answered.</summary>
        public Task RunAsync(int calls)
        {
            var goal = Volatile.Read(ref _done) + calls;
            return Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref _done) >= goal));
        }

        public async Task<(int Done, int Failed)> StopAsync()
        {
            await DisposeAsync();
            return (_done, _failed);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _ticking;
            await Task.WhenAll(_calls);
        }

        private async Task TickAsync()
        {
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            try
            {
                while (await ticks.WaitForNextTickAsync(_stop.Token))
                {
                    _calls.Add(OneAsync());
                }
            }
            catch (OperationCanceledException)
            {
                // The test has seen enough.
            }
        }

        private async Task OneAsync()
        {
            var good = await _call();
            Interlocked.Increment(ref _done);
            Interlocked.Add(ref _failed, good ? 0 : 1);
        }
    }

    /// <summary>A Tasker that knows the tokens it is told and one card without comments.</summary>
    private sealed class PickyTasker : IAsyncDisposable
    {
        private static readonly string Comments =
            $$"""{"project_id":"{{FlowWorld.Ndc}}","card":"NDC-1","comments":[],"total":0,"next_cursor":null}""";

        private readonly WebApplication _app;
        private volatile IReadOnlyList<string> _tokens;

        private PickyTasker(WebApplication app, string token)
        {
            _app = app;
            _tokens = [token];
        }

        public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

        /// <summary>What was presented last.</summary>
        public string Last { get; private set; } = "";

        public static async Task<PickyTasker> StartAsync(string token)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var tasker = new PickyTasker(app, token);
            app.Run(tasker.AnswerAsync);
            await app.StartAsync();
            return tasker;
        }

        public void Accept(params IReadOnlyList<string> tokens) => _tokens = tokens;

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private Task AnswerAsync(HttpContext http)
        {
            Last = http.Request.Headers.Authorization.ToString()["Bearer ".Length..];
            var known = _tokens.Contains(Last, StringComparer.Ordinal);
            http.Response.StatusCode = known ? 200 : 401;
            http.Response.ContentType = known ? "application/json" : "application/problem+json";
            return http.Response.WriteAsync(known ? Comments : """{"code":"unauthenticated"}""");
        }
    }
}
