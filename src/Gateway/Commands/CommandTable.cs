using System.CommandLine;
using AgentGateway.Gateway.Commands.Audit;
using AgentGateway.Gateway.Commands.Doctor;
using AgentGateway.Gateway.Commands.Explain;
using AgentGateway.Gateway.Commands.Review;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Gateway.Owners;
using Npgsql;

namespace AgentGateway.Gateway.Commands;

/// <summary>How a command ended: the process's exit code.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;

    /// <summary>Wrong options, settings or manifest: nothing was tried.</summary>
    public const int Usage = 2;
}

/// <summary>Every command of the <c>gateway</c> program; a new one is one more line in <see cref="All"/>.</summary>
internal static class CommandTable
{
    private static readonly Func<Command>[] All =
    [
        ServeCommand.Create, MigrateCommand.Create, ReadyCommand.Create, AgentCommand.Create, AuditCommand.Create,
        SettingsCommand.Create, DoctorCommand.Create,
        ManifestCommands.CreateCheck, ManifestCommands.CreateRoutes, ManifestCommands.CreateTools,
        DiffCommand.Create, ProveCommand.Create, OpenApiCommand.Create, ExplainCommand.Create,
        MetricsCommand.Create,
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            // Serving does not wait for the command line's machinery.
            return args is [] or ["serve"] ? await ServeCommand.RunAsync(CancellationToken.None) : await ParseAsync(args);
        }
        catch (SettingsException wrong)
        {
            return Tell(ExitCode.Usage, "The settings do not hold:", wrong.Problems);
        }
        catch (ManifestException wrong)
        {
            return Tell(ExitCode.Usage, "The manifest does not hold:", wrong.Faults);
        }
        catch (UsageException wrong)
        {
            return Tell(ExitCode.Usage, wrong.Message, []);
        }
        catch (Exception failure) when (failure is TaskerRefusedException or MigrationFailedException)
        {
            return Tell(ExitCode.Failed, failure.Message, []);
        }
        catch (PostgresException failure)
        {
            return Tell(ExitCode.Failed, $"Postgres refused ({failure.SqlState}): {failure.MessageText}.", []);
        }
        catch (NpgsqlException failure)
        {
            // Npgsql's own messages name the host, never the password.
            return Tell(ExitCode.Failed, $"Postgres cannot be reached: {failure.Message}.", []);
        }
        catch (IOException failure)
        {
            return Tell(ExitCode.Failed, failure.Message, []);
        }
    }

    private static async Task<int> ParseAsync(string[] args)
    {
        var root = new RootCommand(
            "Agent Gateway: coding agents reach the task tracker only through it. Without a command it serves.");
        foreach (var create in All)
        {
            root.Add(create());
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Tell(ExitCode.Usage, "This command line cannot be understood:", parsed.Errors.Select(error => error.Message));
            Console.Error.WriteLine("gateway --help shows how.");
            return ExitCode.Usage;
        }

        var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        if (args is ["--help" or "-h" or "-?" or "/?" or "/h"])
        {
            Console.Out.Write(SettingsText.Help());
        }

        return code;
    }

    private static int Tell(int code, string sentence, IEnumerable<string> details)
    {
        Console.Error.WriteLine(sentence);
        foreach (var detail in details)
        {
            Console.Error.WriteLine($"  - {detail}");
        }

        return code;
    }
}

/// <summary>An option's value makes no sense; the message says what would.</summary>
internal sealed class UsageException(string message) : Exception(message);
