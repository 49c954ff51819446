using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Verifying;
using Npgsql;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary><c>gateway audit verify</c>: compares the audit with its signed checkpoints; needs no secret, and changes nothing.</summary>
internal static class AuditVerify
{
    private const int LargestFileBytes = 64 * 1024;

    public static Command Create()
    {
        var publicKey = new Option<string[]>("--public-key")
        {
            Description = "PEM file of the key that signs checkpoints; repeat it for former keys.",
            Required = true,
        };
        var auditKey = new Option<string[]>("--audit-key")
        {
            Description = "File with AUDIT_KEY (or KEY_SECRET, when there is none): checks each row's MAC, also of unsealed rows.",
        };
        var checkpoints = new Option<string?>("--checkpoints")
        {
            Description = "File of exported checkpoints, kept elsewhere: shows a cut end and a restored old copy.",
        };
        var from = Moment("--from", "Compare rows sealed from then on; checkpoints are all followed.");
        var to = Moment("--to", "Compare rows sealed before then.");
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("verify", "Find every row that was changed, added, removed or moved since it was sealed.")
        {
            publicKey, auditKey, checkpoints, from, to, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var request = new VerifyRequest
            {
                PublicKeys = [.. parsed.GetRequiredValue(publicKey).Select(PublicKey)],
                AuditKeys = [.. (parsed.GetValue(auditKey) ?? []).Select(AuditKey)],
                Exported = parsed.GetValue(checkpoints) is { } file ? Exported(file) : [],
                From = Parse(parsed.GetValue(from), "--from"),
                To = Parse(parsed.GetValue(to), "--to"),
                Progress = rows => Console.Error.WriteLine($"{rows:N0} rows …"),
            };
            return await RunAsync(request, parsed.GetValue(json), cancel);
        });
        return command;
    }

    /// <summary>A moment or a month, in UTC unless it says otherwise.</summary>
    public static DateTimeOffset? Parse(string? text, string option) => text switch
    {
        null => null,
        _ when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
        _ => throw new UsageException($"{option} takes a date such as 2026-01-31 or a moment such as 2026-01-31T12:00:00Z."),
    };

    /// <summary>For reading all of a large table: no statement is too long, and nothing is left open for long either.</summary>
    public static NpgsqlDataSource OpenPatiently(Secret connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString.Reveal())
        {
            CommandTimeout = 0,
            Timeout = 10,
            ApplicationName = "agent-gateway-audit",
            Options = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=5s",
        };
        return NpgsqlDataSource.Create(settings.ConnectionString);
    }

    public static CheckpointKey PublicKey(string file)
    {
        try
        {
            return CheckpointKey.FromPem(ReadSmall(file));
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"{file}: {wrong.Message}");
        }
    }

    public static IReadOnlyList<Checkpoint> Exported(string file)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"{file} does not exist.");
        }

        // A last line that a crash has torn says nothing; any other line that is none was written by somebody else.
        var text = File.ReadAllText(file);
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. lines.Select((line, index) => Checkpoint.Parse(line)
                ?? throw new UsageException($"{file}: line {index + 1} is no checkpoint.")),
        ];
    }

    private static async Task<int> RunAsync(VerifyRequest request, bool json, CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        await using var database = OpenPatiently(settings.Database);
        var report = await AuditVerifier.RunAsync(database, request, cancel);
        foreach (var key in request.PublicKeys)
        {
            key.Dispose();
        }

        Console.Out.Write(json ? JsonSerializer.Serialize(report, VerifyJson.Default.VerifyReport) + "\n" : report.ToText());
        return report.Ok ? ExitCode.Ok : ExitCode.Failed;
    }

    private static RowMac AuditKey(string file)
    {
        try
        {
            return RowMac.Of(SettingParsers.LongSecret(ReadSmall(file).Trim()));
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"{file} {wrong.Message}.");
        }
    }

    private static string ReadSmall(string file) => new FileInfo(file) switch
    {
        { Exists: false } => throw new UsageException($"{file} does not exist."),
        { Length: > LargestFileBytes } => throw new UsageException($"{file} is too large to be a key."),
        _ => File.ReadAllText(file),
    };

    private static Option<string?> Moment(string name, string description) =>
        new(name) { Description = description, HelpName = "MOMENT" };
}
