using System.CommandLine;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide.Loading;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway serve</c>: checks settings and manifest, then serves until it is asked to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Serve agents until stopped (SIGTERM or Ctrl-C).");
        command.SetAction((_, cancel) => RunAsync(cancel));
        return command;
    }

    public static async Task<int> RunAsync(CancellationToken cancel)
    {
        var settings = Settings.Load();
        await using var app = GatewayApp.Build(settings, ManifestReader.Load(settings.ConfigDir));
        if (settings.TokenPepper.IsMissing)
        {
            app.Logger.NoPepper();
        }

        if (settings.CheckpointKey.IsMissing)
        {
            app.Logger.NotSealed();
        }

        await app.StartAsync(cancel);
        app.Logger.Listening(Reply.Server.Version, string.Join(", ", settings.Urls));
        await app.WaitForShutdownAsync(cancel);
        return ExitCode.Ok;
    }
}
