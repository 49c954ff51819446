using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Chooses the era by the version header and holds the body to it.</summary>
internal static class EraReader
{
    public static RpcFault? Read(IHeaderDictionary headers, ref McpMessage message)
    {
        var header = headers[Protocol.VersionHeader];
        var stated = header.Count == 0 ? null : header.ToString().Trim();
        var inBody = Meta(message, MetaKeys.ProtocolVersion);
        if (stated is Protocol.Modern)
        {
            message = message with { Era = Era.Modern, ProtocolVersion = stated };
            return message.IsNotification ? null : ModernMeta(message, inBody);
        }

        if (stated is not null && !Protocol.Legacy.Contains(stated))
        {
            return RpcFault.Version(stated);
        }

        // A version in the body belongs to the modern era, whose header is then missing or says something else.
        var legacy = Text(inBody) is { } version && Protocol.Legacy.Contains(version);
        if (inBody.ValueKind is not JsonValueKind.Undefined && !legacy)
        {
            return RpcFault.Headers($"The header {Protocol.VersionHeader} must equal the version in _meta.");
        }

        message = message with { ProtocolVersion = stated ?? Protocol.Unstated };
        return null;
    }

    /// <summary>A member of <c>params._meta</c>; undefined when there is none.</summary>
    public static JsonElement Meta(McpMessage message, string member) =>
        message.Params.ValueKind is JsonValueKind.Object
        && message.Params.TryGetProperty("_meta"u8, out var meta)
        && meta.TryGetProperty(member, out var value)
            ? value
            : default;

    public static string? Text(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static RpcFault? ModernMeta(McpMessage message, JsonElement version)
    {
        if (Text(version) is not { } text)
        {
            return RpcFault.Params($"The request needs _meta[\"{MetaKeys.ProtocolVersion}\"].");
        }

        if (Meta(message, MetaKeys.ClientCapabilities).ValueKind is not JsonValueKind.Object)
        {
            return RpcFault.Params($"The request needs _meta[\"{MetaKeys.ClientCapabilities}\"].");
        }

        return text == message.ProtocolVersion
            ? null
            : RpcFault.Headers($"The header {Protocol.VersionHeader} must equal the version in _meta.");
    }
}
