using System.CommandLine;
using System.Net;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Commands.Doctor;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway ready</c>: asks the gateway of this machine; a container without a shell checks its health with it.</summary>
internal static class ReadyCommand
{
    public static Command Create()
    {
        var command = new Command("ready", "Exit code 0 when the gateway that serves with these settings is ready; for health checks.");
        command.SetAction((_, cancel) => RunAsync(cancel));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancel)
    {
        var settings = Settings.LoadFor();
        using var web = new Probe();
        if (await web.GetAsync(ListenAddress.Parse(settings.InternalUrls.Concat(settings.Urls).First()).Near("/readyz"), cancel) is not { } answer)
        {
            Console.Error.WriteLine("Nobody answers.");
            return ExitCode.Failed;
        }

        if (answer.Status != (int)HttpStatusCode.OK)
        {
            Console.Error.WriteLine($"Not ready ({answer.Status}): {answer.Json}");
            return ExitCode.Failed;
        }

        return ExitCode.Ok;
    }
}
