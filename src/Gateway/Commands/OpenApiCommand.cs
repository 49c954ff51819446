using System.CommandLine;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Rest.OpenApi;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway openapi agents|owners</c>: the documents of docs/openapi; neither needs settings or a database.</summary>
internal static class OpenApiCommand
{
    public static Command Create()
    {
        var config = ManifestCommands.ConfigOption();
        var agents = new Command("agents", "The agents' REST routes, out of the manifest: docs/openapi/agents.json.") { config };
        agents.SetAction((parsed, cancel) => PrintAsync(AgentsDocument.Write(ManifestReader.Load(parsed.GetValue(config)!)), cancel));
        var owners = new Command("owners", "The internal routes of owners and entitlements: docs/openapi/owners.json.");
        owners.SetAction((_, cancel) => PrintAsync(OwnersDocument.Write(), cancel));
        return new Command("openapi", "Print an OpenAPI document.") { agents, owners };
    }

    private static async Task<int> PrintAsync(byte[] document, CancellationToken cancel)
    {
        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync(document, cancel);
        return ExitCode.Ok;
    }
}
