using System.CommandLine;
using System.Globalization;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary><c>gateway audit retire</c>: detaches old months after verifying all; nothing is ever dropped.</summary>
internal static class AuditRetire
{
    public static Command Create()
    {
        var before = new Option<string>("--before")
        {
            Description = "First month that stays, as YYYY-MM.",
            Required = true,
            HelpName = "YYYY-MM",
        };
        var publicKey = new Option<string[]>("--public-key") { Description = "As for gateway audit verify.", Required = true };
        var checkpoints = new Option<string?>("--checkpoints") { Description = "As for gateway audit verify." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Verify and say what would be detached." };
        var command = new Command("retire", "Detach months that are sealed, as the owner of the tables; drops nothing.")
        {
            before, publicKey, checkpoints, dryRun,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var month = Month(parsed.GetRequiredValue(before));
            var request = new VerifyRequest
            {
                PublicKeys = [.. parsed.GetRequiredValue(publicKey).Select(AuditVerify.PublicKey)],
                Exported = parsed.GetValue(checkpoints) is { } file ? AuditVerify.Exported(file) : [],
            };
            return await RunAsync(month, request, parsed.GetValue(dryRun), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(DateOnly before, VerifyRequest request, bool dryRun, CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        await using var database = AuditVerify.OpenPatiently(settings.MigrationDatabase);
        var report = await AuditVerifier.RunAsync(database, request, cancel);
        Console.Out.Write(report.ToText());
        if (!report.Ok)
        {
            Console.Error.WriteLine("Nothing was detached.");
            return ExitCode.Failed;
        }

        var old = await Retirement.SealedBeforeAsync(database, before, cancel);
        foreach (var month in old)
        {
            if (!dryRun)
            {
                await Retirement.DetachAsync(database, month, cancel);
            }

            Console.Out.WriteLine(dryRun ? $"{month.Name} would be detached." : $"{month.Name} is detached; its rows are all there.");
        }

        if (old.Count == 0)
        {
            Console.Out.WriteLine("No attached month before that is sealed to its end.");
        }

        return ExitCode.Ok;
    }

    private static DateOnly Month(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            ? month
            : throw new UsageException("--before takes a month such as 2026-01.");
}
