using System.Runtime.CompilerServices;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>The Launcher, when there is one to ask: that it answers; without it entitlements grow stale.</summary>
internal sealed class LauncherChecks(Probe web, Settings settings)
{
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        if (settings.LauncherBaseUrl is not { } launcher)
        {
            yield break;
        }

        yield return await web.GetAsync(Probe.At(launcher, "/healthz"), cancel) is { Status: < 500 }
            ? Finding.Ok("launcher", "The Launcher answers.")
            : Finding.Fail(
                "launcher", $"The Launcher cannot be reached at {launcher}.",
                $"Start it, and check {SettingTable.LauncherBaseUrl.Name}; agents are refused once entitlements are stale.");
    }
}
