using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Seed;

namespace AgentGateway.Tasker.Commands;

/// <summary>A command of the <c>tasker</c> program: its name, one line of help, what it does and its exit code.</summary>
internal sealed record TaskerCommand(string Name, string Summary, Func<TaskerSettings, CancellationToken, Task<int>> RunAsync);

/// <summary>Everything the program can be asked to do; a new command is one more line here.</summary>
internal static class CommandTable
{
    private const int BadUsage = 2;

    private static readonly TaskerCommand[] Commands =
    [
        new("serve", "Serve the board and the adapter (the default).", ServeCommand.RunAsync),
        new("migrate", "Bring the database to this version's schema.", MigrateCommand.RunAsync),
        new(
            "ready",
            "Exit code 0 when it serves and is ready; for health checks.",
            (settings, cancel) => Readiness.AskAsync("tasker", settings.Urls, cancel)),
        new("seed", "Fill the database with a sample workspace; safe to repeat.", SeedCommand.RunAsync),
        new("seed --json", "The same, and print its ids as JSON.", SeedCommand.RunForProgramsAsync),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help"] or ["-h"] or ["help"] or [_, "--help"])
        {
            WriteHelp(Console.Out);
            return 0;
        }

        var name = args is [] ? "serve" : string.Join(' ', args);
        if (Array.Find(Commands, command => command.Name == name) is not { } chosen)
        {
            await Console.Error.WriteLineAsync($"tasker: cannot understand \"{string.Join(' ', args)}\".");
            WriteHelp(Console.Error);
            return BadUsage;
        }

        if (TaskerSettings.Read(Environment.GetEnvironmentVariables(), out var problems) is not { } settings)
        {
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"tasker: {problem}");
            }

            return BadUsage;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        return await chosen.RunAsync(settings, stop.Token);
    }

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine("usage: tasker [command]");
        foreach (var command in Commands)
        {
            output.WriteLine($"  {command.Name,-13}{command.Summary}");
        }

        output.WriteLine("settings (environment):");
        foreach (var (name, meaning) in TaskerSettings.Names)
        {
            output.WriteLine($"  {name,-26}{meaning}");
        }
    }
}
