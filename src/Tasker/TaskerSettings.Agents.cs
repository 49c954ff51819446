using System.Collections;
using System.Security.Cryptography;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.SignIn;

namespace AgentGateway.Tasker;

internal sealed partial record TaskerSettings
{
    private static (string Name, string Meaning)[] AgentNames =>
    [
        ("TASKER_GATEWAY_URL", "optional: the gateway's internal listener, for the pages on agents"),
        ("TASKER_GATEWAY_TOKEN", "secret, optional: the gateway's internal token; from a file, a new content counts at once"),
        ("TASKER_GATEWAY_PUBLIC_URL", "optional: the gateway as agents reach it, shown in the set-up"),
        ("TASKER_LAUNCH_PUBLIC_KEYS", "optional: issuer=path of its public key (PEM, P-256), separated by ','; then everybody signs in"),
        ("TASKER_LAUNCHER_URL", "optional: the Launcher's pages, where people sign in"),
        ("TASKER_CONSOLE_URL", "optional: the reviewers' console"),
        ("TASKER_LAUNCH_KEY", "secret, optional: private key (PEM, P-256) that signs people into the console"),
    ];

    private static GatewayAccess ReadGateway(IDictionary environment, List<string> problems)
    {
        // During a rotation the gateway knows two; the first is the one to present.
        var token = Value(environment, "TASKER_GATEWAY_TOKEN", problems)?.Split(',', StringSplitOptions.TrimEntries)[0];
        return new GatewayAccess
        {
            Url = Address(environment, "TASKER_GATEWAY_URL", problems),
            Token = token,
            TokenFile = environment["TASKER_GATEWAY_TOKEN" + FileSuffix] is string { Length: > 0 } file ? file : null,
            PublicUrl = Address(environment, "TASKER_GATEWAY_PUBLIC_URL", problems),
        };
    }

    private static LaunchPartners ReadLaunch(IDictionary environment, List<string> problems)
    {
        var key = Value(environment, "TASKER_LAUNCH_KEY", problems);
        if (key is not null && !IsKey(key, isPrivate: true))
        {
            problems.Add("TASKER_LAUNCH_KEY is no private key on the curve P-256 in PEM.");
        }

        return new LaunchPartners
        {
            PublicKeys = ReadPublicKeys(Value(environment, "TASKER_LAUNCH_PUBLIC_KEYS", problems), problems),
            LauncherUrl = Address(environment, "TASKER_LAUNCHER_URL", problems),
            ConsoleUrl = Address(environment, "TASKER_CONSOLE_URL", problems),
            PrivateKey = key,
        };
    }

    private static Dictionary<string, string> ReadPublicKeys(string? text, List<string> problems)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in text?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            if (entry.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } issuer, { Length: > 0 } path])
            {
                problems.Add("TASKER_LAUNCH_PUBLIC_KEYS is a list of issuer=path, separated by ','.");
                continue;
            }

            try
            {
                var pem = File.ReadAllText(path);
                if (!IsKey(pem, isPrivate: false))
                {
                    problems.Add($"TASKER_LAUNCH_PUBLIC_KEYS: the key of {issuer} is no public key on the curve P-256 in PEM.");
                }
                else if (!keys.TryAdd(issuer, pem))
                {
                    problems.Add($"TASKER_LAUNCH_PUBLIC_KEYS names {issuer} twice.");
                }
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                problems.Add($"TASKER_LAUNCH_PUBLIC_KEYS: {unreadable.Message}");
            }
        }

        return keys;
    }

    // A private key where a public one belongs would be a secret in the wrong hands already.
    private static bool IsKey(string pem, bool isPrivate)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal) != isPrivate)
        {
            return false;
        }

        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            return key.KeySize == 256;
        }
        catch (Exception broken) when (broken is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    private static Uri? Address(IDictionary environment, string name, List<string> problems)
    {
        if (Value(environment, name, problems) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && address is { UserInfo: "", Query: "", Fragment: "" })
        {
            return address;
        }

        problems.Add($"{name} must be an http or https address without user, query and fragment.");
        return null;
    }
}
