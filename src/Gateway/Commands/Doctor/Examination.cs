using System.Runtime.CompilerServices;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Ledger;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>All checks in the order in which one rests on another; what cannot be looked at any more is left out.</summary>
internal static class Examination
{
    public static async IAsyncEnumerable<Finding> RunAsync(
        IReadOnlyDictionary<string, string> environment, string? tokenFile, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (settings, problems) = ReadSettings(environment);
        foreach (var problem in problems)
        {
            yield return Finding.Fail("settings", problem, "Set it right; gateway settings lists every setting.");
        }

        if (settings is null)
        {
            yield break;
        }

        yield return Finding.Ok("settings", "All settings are valid.");
        var (manifest, faults) = ReadManifest(settings.ConfigDir);
        foreach (var fault in faults)
        {
            yield return Finding.Fail("manifest", fault, "Mend the file, then run gateway check.");
        }

        if (manifest is not null)
        {
            yield return Finding.Ok("manifest", $"{manifest.Tools.Count} tools, digest {manifest.Digest}.");
        }

        yield return settings.CheckpointKey.IsMissing
            ? Finding.Warn("sealing", "The audit is not sealed: no checkpoint key is set.", "gateway audit keygen makes one.")
            : Finding.Ok("sealing", settings.CheckpointFile.Length > 0
                ? "The audit is sealed, and its checkpoints are exported to a file."
                : "The audit is sealed; its checkpoints are in the log and the database alone.");
        await using var database = LedgerDatabase.Open(settings.Database);
        using var web = new Probe();
        var checks = new IAsyncEnumerable<Finding>[]
        {
            new DatabaseChecks(database, TimeProvider.System).RunAsync(cancel),
            new TaskerChecks(web, settings).RunAsync(cancel),
            new LauncherChecks(web, settings).RunAsync(cancel),
            AddressChecks.Run(settings).ToAsyncEnumerable(),
            new ListenerChecks(web, settings, manifest).RunAsync(cancel),
            new TokenChecks(web, settings, manifest, database).RunAsync(tokenFile, cancel),
        };
        foreach (var group in checks)
        {
            await foreach (var finding in group)
            {
                yield return finding;
            }
        }
    }

    private static (Settings? Settings, IReadOnlyList<string> Problems) ReadSettings(IReadOnlyDictionary<string, string> environment)
    {
        try
        {
            return (Settings.Load(environment, [.. SettingTable.All.Where(setting => setting.Required)]), []);
        }
        catch (SettingsException wrong)
        {
            return (null, wrong.Problems);
        }
    }

    private static (Manifest? Manifest, IReadOnlyList<string> Faults) ReadManifest(string folder)
    {
        try
        {
            return (ManifestReader.Load(folder), []);
        }
        catch (ManifestException wrong)
        {
            return (null, wrong.Faults);
        }
    }
}
