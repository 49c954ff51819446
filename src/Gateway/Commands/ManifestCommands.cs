using System.CommandLine;
using AgentGateway.Gateway.Decide.Loading;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway check</c>, <c>routes</c> and <c>tools</c>: what reviewers ask of a manifest; neither needs settings or a database.</summary>
internal static class ManifestCommands
{
    public static Command CreateCheck()
    {
        var config = ConfigOption();
        var json = JsonOption();
        var command = new Command("check", "Check a manifest and its contracts; every fault is listed, exit code 2 if there is one.")
        {
            config, json,
        };
        command.SetAction(parsed =>
        {
            var manifest = ManifestReader.Load(parsed.GetValue(config)!);
            Console.Out.WriteLine(parsed.GetValue(json)
                ? $$"""{"tools":{{manifest.Tools.Count}},"contract":"{{manifest.Contract}}","digest":"{{manifest.Digest}}"}"""
                : $"The manifest holds: {manifest.Tools.Count} tools, contract {manifest.Contract}, digest {manifest.Digest}.");
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command CreateRoutes()
    {
        var config = ConfigOption();
        var markdown = new Option<bool>("--markdown") { Description = "As docs/ROUTES.md." };
        var json = JsonOption();
        var command = new Command("routes", "List every tool with its scope, route and body members.")
        {
            config, markdown, json,
        };
        command.SetAction(parsed =>
        {
            var manifest = ManifestReader.Load(parsed.GetValue(config)!);
            Console.Out.Write((parsed.GetValue(json), parsed.GetValue(markdown)) switch
            {
                (true, _) => RoutesTable.Json(manifest),
                (_, true) => RoutesTable.Markdown(manifest),
                _ => RoutesTable.Text(manifest),
            });
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command CreateTools()
    {
        var config = ConfigOption();
        var command = new Command("tools", "Describe every tool as agents see it, in Markdown: docs/MCP_TOOLS_CONTRACT.md.") { config };
        command.SetAction(parsed =>
        {
            Console.Out.Write(ToolsDocument.Markdown(ManifestReader.Load(parsed.GetValue(config)!)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Option<bool> JsonOption() => new("--json") { Description = "Print one JSON object." };

    public static Option<string> ConfigOption() => new("--config")
    {
        Description = "Folder of the manifest.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("NODEDC_AGENT_GATEWAY_CONFIG_DIR") ?? "./config",
    };
}
