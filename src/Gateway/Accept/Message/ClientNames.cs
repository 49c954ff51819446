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
            ThreadId = ThreadMembers.Select(name => Printable(EraReader.Text(EraReader.Meta(message, name)), LongestThread))
                .FirstOrDefault(id => id is not null),
        };
    }

    public static string? OfUserAgent(IHeaderDictionary headers) => Printable(headers.UserAgent.ToString(), LongestName);

    private static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind is JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : default;

    private static string? Printable(string? text, int longest)
    {
        if (text is null)
        {
            return null;
        }

        var kept = new string([.. text.Where(character => character is >= ' ' and <= '~').Take(longest)]).Trim();
        return kept.Length == 0 ? null : kept;
    }
}
