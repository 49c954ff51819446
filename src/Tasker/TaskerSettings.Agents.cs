using System.Collections;
using AgentGateway.Canon.SignIn;
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
        return new LaunchPartners
        {
            Trusted = LaunchKeys.ReadTrusted("TASKER_LAUNCH_PUBLIC_KEYS", Value(environment, "TASKER_LAUNCH_PUBLIC_KEYS", problems), problems),
            LauncherUrl = Address(environment, "TASKER_LAUNCHER_URL", problems),
            ConsoleUrl = Address(environment, "TASKER_CONSOLE_URL", problems),
            PrivateKey = key is null ? null : LaunchKeys.ReadPrivate("TASKER_LAUNCH_KEY", key, problems),
        };
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
