using System.Collections;
using AgentGateway.Canon.SignIn;
using Npgsql;

namespace AgentGateway.Console;

/// <summary>What the console was told at start: complete and checked, or every complaint at once.</summary>
internal sealed record ConsoleSettings
{
    private const string Prefix = "CONSOLE_";

    private static readonly string[] Levels = ["Debug", "Information", "Warning", "Error"];

    public static readonly (string Name, string Meaning)[] Names =
    [
        ("CONSOLE_URLS", "where to listen, separated by ';' (default http://127.0.0.1:5070)"),
        ("CONSOLE_DATABASE", "secret: Npgsql connection string of a role that may only read, on the gateway's database"),
        ("CONSOLE_GATEWAY_BINARY", "path of the program gateway, which is asked for routes, explanations and verification"),
        ("CONSOLE_MANIFEST_DIR", "folder of the gateway's manifest (default ./config)"),
        ("CONSOLE_PREVIOUS_MANIFEST_DIR", "optional: folder of the manifest before it, to show what changed"),
        ("CONSOLE_LAUNCH_PUBLIC_KEYS", "who may sign people in: issuer=path of a PEM, separated by ','"),
        ("CONSOLE_SIGN_IN_URL", "optional: where people sign in, linked from the sign-in page"),
        ("CONSOLE_CHECKPOINT_PUBLIC_KEYS", "optional: PEM files of the keys that sign checkpoints, separated by ','; without them nothing can be verified"),
        ("CONSOLE_CHECKPOINT_FILE", "optional: the file of exported checkpoints, which shows a cut end and a restored old copy"),
        ("CONSOLE_REQUIRE_ENTITLEMENT", "true when the gateway refuses owners of whom the Launcher has said nothing (default false)"),
        ("CONSOLE_LOG_LEVEL", "Debug, Information, Warning or Error (default Information)"),
    ];

    public required string Urls { get; init; }

    public required string Database { get; init; }

    public required string GatewayBinary { get; init; }

    public required string ManifestDir { get; init; }

    public string? PreviousManifestDir { get; init; }

    public required IReadOnlyList<TrustedIssuer> Trusted { get; init; }

    public Uri? SignInAt { get; init; }

    public IReadOnlyList<string> CheckpointKeys { get; init; } = [];

    public string? CheckpointFile { get; init; }

    public bool RequiresEntitlement { get; init; }

    public string LogLevel { get; init; } = "Information";

    public static ConsoleSettings? Read(IDictionary environment, out IReadOnlyList<string> problems)
    {
        var reader = new SettingsReader(environment);
        problems = reader.Problems;
        reader.RefuseUnknown(Prefix, Names.Select(setting => setting.Name).Append("CONSOLE_DATABASE_FILE"));
        var level = reader.Text("CONSOLE_LOG_LEVEL") ?? "Information";
        var entitlement = reader.Text("CONSOLE_REQUIRE_ENTITLEMENT") ?? "false";
        var previous = reader.Text("CONSOLE_PREVIOUS_MANIFEST_DIR");
        var settings = new ConsoleSettings
        {
            Urls = reader.Text("CONSOLE_URLS") ?? "http://127.0.0.1:5070",
            Database = reader.Secret("CONSOLE_DATABASE"),
            GatewayBinary = reader.Required("CONSOLE_GATEWAY_BINARY"),
            ManifestDir = reader.Text("CONSOLE_MANIFEST_DIR") ?? "./config",
            PreviousManifestDir = previous,
            Trusted = LaunchKeys.ReadTrusted(
                "CONSOLE_LAUNCH_PUBLIC_KEYS", reader.Required("CONSOLE_LAUNCH_PUBLIC_KEYS"), reader.Problems),
            SignInAt = reader.Address("CONSOLE_SIGN_IN_URL"),
            CheckpointKeys = reader.Files("CONSOLE_CHECKPOINT_PUBLIC_KEYS"),
            CheckpointFile = reader.Text("CONSOLE_CHECKPOINT_FILE"),
            RequiresEntitlement = entitlement == "true",
            LogLevel = level,
        };
        settings.Check(reader, entitlement);
        return reader.Problems.Count == 0 ? settings : null;
    }

    private void Check(SettingsReader reader, string entitlement)
    {
        if (GatewayBinary.Length > 0 && !File.Exists(GatewayBinary))
        {
            reader.Problems.Add($"CONSOLE_GATEWAY_BINARY: {GatewayBinary} does not exist.");
        }

        reader.Folder("CONSOLE_MANIFEST_DIR", ManifestDir);
        reader.Folder("CONSOLE_PREVIOUS_MANIFEST_DIR", PreviousManifestDir ?? "");
        if (entitlement is not ("true" or "false"))
        {
            reader.Problems.Add("CONSOLE_REQUIRE_ENTITLEMENT must be true or false.");
        }

        if (!Levels.Contains(LogLevel))
        {
            reader.Problems.Add($"CONSOLE_LOG_LEVEL must be one of {string.Join(", ", Levels)}.");
        }

        try
        {
            _ = new NpgsqlConnectionStringBuilder(Database);
        }
        catch (ArgumentException)
        {
            // Its own message could repeat a part of the secret.
            reader.Problems.Add("CONSOLE_DATABASE is not a connection string.");
        }
    }
}
