using AgentGateway.Canon.Serve;

namespace AgentGateway.Launcher.Commands;

/// <summary>A command of the program: its words, ID standing for what it is given, one line of help, and what it does.</summary>
internal sealed record LauncherCommand(
    string Name, string Summary, Func<LauncherSettings, string, CancellationToken, Task<int>> RunAsync)
{
    private const string Placeholder = "ID";

    private readonly string[] _words = Name.Split(' ');

    public bool Matches(string[] args) => args.Length == _words.Length
        && _words.Zip(args).All(pair => pair.First == Placeholder ? pair.Second.Length > 0 : pair.First == pair.Second);

    /// <summary>What stands at the place of ID; empty for a command without one.</summary>
    public string Given(string[] args) => Array.IndexOf(_words, Placeholder) is >= 0 and var place ? args[place] : "";
}

/// <summary>Everything the program can be asked to do; a new command is one more line here.</summary>
internal static class CommandTable
{
    private const int BadUsage = 2;

    private static readonly LauncherCommand[] Commands =
    [
        Plain("serve", "Serve the API and the pages and deliver entitlements to the gateway (the default).", ServeCommand.RunAsync),
        Plain("migrate", "Bring the database to this version's schema.", MigrateCommand.RunAsync),
        Plain(
            "ready",
            "Exit code 0 when it serves and is ready; for health checks.",
            (settings, cancel) => Readiness.AskAsync("launcher", settings.Urls, cancel)),
        Plain("seed", "Fill the database with a sample client; safe to repeat.", SeedCommand.RunAsync),
        Plain("seed --json", "The same, and print its ids as JSON.", SeedCommand.RunForProgramsAsync),
        Plain("resync", "Send the gateway every entitlement as it is now.", ResyncCommand.RunAsync),
        new("sign-in --user ID", "Print a link that signs this person in once.", SignInCommand.RunAsync),
        new("sign-in --user ID --json", "The same as JSON.", SignInCommand.RunForProgramsAsync),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["--help"] or ["-h"] or ["help"] or [_, "--help"])
        {
            WriteHelp(Console.Out);
            return 0;
        }

        if (Array.Find(Commands, command => command.Matches(args is [] ? ["serve"] : args)) is not { } chosen)
        {
            await Console.Error.WriteLineAsync($"launcher: cannot understand \"{string.Join(' ', args)}\".");
            WriteHelp(Console.Error);
            return BadUsage;
        }

        if (LauncherSettings.Read(Environment.GetEnvironmentVariables(), out var problems) is not { } settings)
        {
            foreach (var problem in problems)
            {
                await Console.Error.WriteLineAsync($"launcher: {problem}");
            }

            return BadUsage;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        return await chosen.RunAsync(settings, chosen.Given(args), stop.Token);
    }

    private static LauncherCommand Plain(string name, string summary, Func<LauncherSettings, CancellationToken, Task<int>> run) =>
        new(name, summary, (settings, _, cancel) => run(settings, cancel));

    private static void WriteHelp(TextWriter output)
    {
        output.WriteLine("usage: launcher [command]");
        foreach (var command in Commands)
        {
            output.WriteLine($"  {command.Name,-26}{command.Summary}");
        }

        output.WriteLine("settings (environment):");
        foreach (var (name, meaning) in LauncherSettings.Names)
        {
            output.WriteLine($"  {name,-25}{meaning}");
        }
    }
}
