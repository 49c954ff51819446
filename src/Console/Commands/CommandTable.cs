using AgentGateway.Canon.Serve;

namespace AgentGateway.Console.Commands;

/// <summary>What the program <c>console</c> can be asked: to serve, whether it does, or to say how.</summary>
internal static class CommandTable
{
    private const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help"] or ["-h"] or ["help"] or ["serve" or "ready", "--help"])
        {
            WriteHelp(System.Console.Out);
            return 0;
        }

        if (args is not ([] or ["serve"] or ["ready"]))
        {
            await System.Console.Error.WriteLineAsync($"console: cannot understand \"{string.Join(' ', args)}\".");
            WriteHelp(System.Console.Error);
            return BadUsage;
        }

        if (ConsoleSettings.Read(Environment.GetEnvironmentVariables(), out var problems) is not { } settings)
        {
            foreach (var problem in problems)
            {
                await System.Console.Error.WriteLineAsync($"console: {problem}");
            }

            return BadUsage;
        }

        if (args is ["ready"])
        {
            return await Readiness.AskAsync("console", settings.Urls, CancellationToken.None);
        }

        await using var app = ConsoleHost.Build(settings);
        await app.RunAsync();
        return 0;
    }

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine("usage: console [serve|ready]");
        output.WriteLine("  serve  The reviewers' and administrators' console: it reads the gateway's book and changes nothing (the default).");
        output.WriteLine("  ready  Exit code 0 when it serves and is ready; for health checks.");
        output.WriteLine("settings (environment):");
        foreach (var (name, meaning) in ConsoleSettings.Names)
        {
            output.WriteLine($"  {name,-32}{meaning}");
        }
    }
}
