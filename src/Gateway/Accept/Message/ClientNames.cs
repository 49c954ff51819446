using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Takes down what a client calls itself: short, printable, for the audit only.</summary>
internal static class ClientNames
{
    private const int LongestName = 120;
    private const int LongestThread = 80;

    private static readonly string[] ThreadMembers = ["threadId", "thread_id", "codex/threadId", "openai/threadId"];

    public static McpMessage Add(IHeaderDictionary headers, McpMessage message)
    {
        var client = message.Era is Era.Modern ? EraReader.Meta(message, MetaKeys.ClientInfo)
            : message.Method is RequestMethods.Initialize ? Member(message.Params, "clientInfo")
            : default;
        return message with
        {
            ClientName = Printable(EraReader.Text(Member(client, "name")), LongestName)
                ?? OfUserAgent(headers),
            ClientVersion = Printable(EraReader.Text(Member(client, "version")), LongestName),
            ThreadId = ThreadOf(message),
        };
    }

    public static string? OfUserAgent(IHeaderDictionary headers) => Printable(headers.UserAgent.ToString(), LongestName);

    private static string? ThreadOf(McpMessage message)
    {
        foreach (var member in ThreadMembers)
        {
            if (Printable(EraReader.Text(EraReader.Meta(message, member)), LongestThread) is { } id)
            {
                return id;
            }
        }

        return null;
    }

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind is JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : default;

    private static string? Printable(string? text, int longest)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return text;
        }

        var kept = new string([.. text.Where(character => character is >= ' ' and <= '~').Take(longest)]).Trim();
        return kept.Length == 0 ? null : kept;
    }
}
