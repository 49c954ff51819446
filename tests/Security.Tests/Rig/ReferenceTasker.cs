using System.Text.Json.Nodes;
using AgentGateway.Support;

namespace AgentGateway.Security.Tests.Rig;

/// <summary>The real reference Tasker as a process over a database of its own: its idempotency is part of the promise.</summary>
internal sealed class ReferenceTasker : IAsyncDisposable
{
    public const string Workspace = "nodedc";

    private readonly ServerProgram _program;

    private ReferenceTasker(ServerProgram program, Uri address, string database, string owner)
    {
        _program = program;
        Address = address;
        Database = database;
        Owner = owner;
    }

    public Uri Address { get; }

    public string Database { get; }

    /// <summary>Id of the seeded person to whom agents belong.</summary>
    public string Owner { get; }

    public string Log => _program.Log;

    public static async Task<ReferenceTasker> StartAsync(
        HttpClient client, string database, string token, string assertionKey, string logs)
    {
        var binary = ServerProgram.Built("Tasker", "tasker");
        var address = Loopback.FreeAddress();
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["TASKER_URLS"] = address.GetLeftPart(UriPartial.Authority),
            ["TASKER_DATABASE"] = database,
            ["TASKER_INTERNAL_TOKENS"] = token,
            ["TASKER_ASSERTION_KEY"] = assertionKey,
            ["TASKER_RAW_API_KEY"] = GatewaySettings.Secret(),
            ["TASKER_LOG_LEVEL"] = "Warning",
        };
        await ServerProgram.RunAsync(binary, ["migrate"], settings, Path.Combine(logs, "tasker-migrate.log"));
        var seeded = JsonNode.Parse(
            await ServerProgram.RunAsync(binary, ["seed", "--json"], settings, Path.Combine(logs, "tasker-seed.log")));
        var program = ServerProgram.Start(binary, ["serve"], settings, Path.Combine(logs, "tasker.log"));
        await program.WaitUntilReadyAsync(client, new Uri(address, "/readyz"));
        return new ReferenceTasker(program, address, database, (string)seeded!["owner"]!["id"]!);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
