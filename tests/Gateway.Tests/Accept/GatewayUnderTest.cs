using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>The real stages on a real Kestrel; only the token check, the ledger and the tools behind are stand-ins.</summary>
public sealed class GatewayUnderTest : IAsyncLifetime
{
    public const string Token = "good";
    public const string Tools = """[{"name":"whoami","inputSchema":{"type":"object"}}]""";

    private readonly WebApplication _app;

    public GatewayUnderTest()
        : this(guarded: true)
    {
    }

    /// <summary>Not <paramref name="guarded"/>: the front door is left out, to show what it keeps out.</summary>
    internal GatewayUnderTest(bool guarded)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (guarded)
            {
                KestrelLimits.Apply(options);
            }

            options.Listen(IPAddress.Loopback, 0, listen => listen.Serve(Listener.Agent));
            options.Listen(IPAddress.Loopback, 0, listen => listen.Serve(Listener.Internal));
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        _app = builder.Build();
        Compose(_app, guarded);
    }

    /// <summary>What came through to the tools, or to where routing would begin.</summary>
    internal ConcurrentQueue<string> Reached { get; } = new();

    internal ConcurrentQueue<Refusal> Refusals { get; } = new();

    internal bool Revoked { get; set; }

    internal IPEndPoint Agent => Endpoint(0);

    internal IPEndPoint Internal => Endpoint(1);

    /// <summary>A listener nobody said the purpose of.</summary>
    internal IPEndPoint Untagged => Endpoint(2);

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    internal async Task<RawAnswer> AskAsync(byte[] request) => Assert.Single(await ExchangeAsync(Agent, request));

    internal static async Task<IReadOnlyList<RawAnswer>> ExchangeAsync(IPEndPoint server, byte[] request)
    {
        using var connection = await RawConnection.OpenAsync(server);
        await connection.SendAsync(request);
        return await connection.ReadToEndAsync(head: request.AsSpan().StartsWith("HEAD"u8));
    }

    /// <summary>Kestrel reads its switches once per process, so they are set before the first test starts one.</summary>
    [ModuleInitializer]
    internal static void SetSwitches() => KestrelLimits.SetSwitches();

    private IPEndPoint Endpoint(int index)
    {
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return IPEndPoint.Parse(new Uri(addresses.ElementAt(index)).Authority);
    }

    private void Compose(WebApplication app, bool guarded)
    {
        var refusal = new CredentialRefusal(RecordAsync, "digest");
        if (guarded)
        {
            app.UseAccept(Table, new FrontDoorOptions(), ParamHeaders, RecordAsync, "digest");
        }
        else
        {
            app.Use(next => new SafetyNet(next, TimeProvider.System, NullLogger<SafetyNet>.Instance).InvokeAsync);
            app.Use(next => new MessageGate(next, ParamHeaders, (_, _) => Task.CompletedTask).InvokeAsync);
        }

        app.Use(next => http => http.Request.Path == "/healthz" ? WriteAsync(http, "healthy") : next(http));
        app.Use(next => new BearerGate(next, CheckAsync, refusal).InvokeAsync);
        app.Use(next => new Methods(next, RefreshAsync, _ => Encoding.UTF8.GetBytes(Tools), refusal).InvokeAsync);
        app.Run(CallAsync);
    }

    private static FrontDoorTable Table => new(
    [
        new FrontDoorRow(Listener.Internal, "/api/internal/v1/owners/{owner}/agents", "GET", "POST")
        {
            BodyLimit = 1024,
            Query = true,
        },
        .. FrontDoorTable.Standard,
    ]);

    private static IReadOnlyDictionary<string, string> ParamHeaders(string tool) => tool == "annotated"
        ? new Dictionary<string, string> { ["Region"] = "region", ["Count"] = "count", ["Flag"] = "flag" }
        : new Dictionary<string, string>();

    private Task RecordAsync(Refusal refusal)
    {
        Refusals.Enqueue(refusal);
        return Task.CompletedTask;
    }

    private Task<Authentication> CheckAsync(string? authorization, CancellationToken cancel) => Task.FromResult<Authentication>(
        authorization == "Bearer " + Token
            ? new Authentication.Known(Somebody)
            : new Authentication.Refused(Reasons.Unauthenticated, "unknown"));

    private Task<Authentication> RefreshAsync(Authority authority, CancellationToken cancel) => Task.FromResult<Authentication>(
        Revoked ? new Authentication.Refused(Reasons.Unauthenticated, "revoked") : new Authentication.Known(authority));

    private static readonly Authority Somebody = new()
    {
        Agent = new Agent
        {
            Id = "a-1",
            Name = "codex",
            OwnerId = "u-1",
            OwnerName = "Anna",
            Workspace = "nodedc",
            Mode = AgentMode.Full,
        },
        TokenId = Guid.Parse("0199aaaa-0000-7000-8000-000000000001"),
        TokenPrefix = "ndca1_abcdef",
        Version = 1,
        ValidUntil = DateTimeOffset.MaxValue,
        Grants = [],
    };

    private static Task WriteAsync(HttpContext http, string text)
    {
        http.Response.ContentLength = text.Length;
        return http.Response.WriteAsync(text);
    }

    private async Task CallAsync(HttpContext http)
    {
        var message = http.Features.Get<McpMessage>();
        Reached.Enqueue(message?.Method ?? http.Request.Path.ToString());
        if (message is null)
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            await WriteAsync(http, "rest");
            return;
        }

        await (message.Params.GetProperty("name").GetString() == "explode"
            ? throw new InvalidOperationException("the secret of the machinery")
            : Reply.ToolResultAsync(http, message, """{"reached":"да"}"""u8.ToArray(), isError: false));
    }
}
