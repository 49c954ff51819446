using System.Collections;
using System.Net;

namespace AgentGateway.Tasker;

internal sealed partial record TaskerSettings
{
    private static readonly string[] EveryInterface = ["*", "+"];

    /// <summary>Where the adapter listens, and nowhere else. Null: on <see cref="Urls"/>, beside the pages.</summary>
    public string? AdapterUrls { get; init; }

    public static IEnumerable<BindingAddress> Addresses(string urls) =>
        urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse);

    private static string? ReadAdapterUrls(IDictionary environment, string urls, List<string> problems)
    {
        if (Value(environment, "TASKER_ADAPTER_URLS", problems) is not { } adapter)
        {
            return null;
        }

        // Each listener is bound by itself then, so what it is must be said exactly; TLS ends before Tasker.
        Check("TASKER_ADAPTER_URLS", adapter, problems);
        Check("TASKER_URLS", urls, problems);
        return adapter;
    }

    private static void Check(string name, string urls, List<string> problems)
    {
        try
        {
            var addresses = Addresses(urls).ToList();
            if (addresses is [] || !addresses.TrueForAll(CanBind))
            {
                problems.Add($"{name} must be http://HOST:PORT, separated by ';': HOST is localhost, an address, or * for all.");
            }
        }
        catch (FormatException malformed)
        {
            problems.Add($"{name}: {malformed.Message}");
        }
    }

    private static bool CanBind(BindingAddress address) =>
        address is { Scheme: "http", IsUnixPipe: false, PathBase: "" }
        && (address.Host == "localhost" || EveryInterface.Contains(address.Host) || IPAddress.TryParse(address.Host.Trim('[', ']'), out _));
}
