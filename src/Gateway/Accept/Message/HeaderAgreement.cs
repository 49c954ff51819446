using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Holds a modern request's headers to its body, so that nothing on the way was told another story.</summary>
internal static class HeaderAgreement
{
    public static RpcFault? Check(IHeaderDictionary headers, McpMessage message, ParamHeaders paramHeaders)
    {
        if (message.Era is not Era.Modern)
        {
            return null;
        }

        var method = headers[Protocol.MethodHeader];
        if (message.IsNotification ? method.Count > 0 && !Same(method, message.Method) : !Same(method, message.Method))
        {
            return Mismatch(Protocol.MethodHeader, "method");
        }

        if (message.Method is not RequestMethods.ToolsCall)
        {
            return null;
        }

        var tool = message.Params.GetProperty("name"u8).GetString()!;
        if (!Same(headers[Protocol.NameHeader], tool))
        {
            return Mismatch(Protocol.NameHeader, "params.name");
        }

        foreach (var (suffix, argument) in paramHeaders(tool))
        {
            if (!SameArgument(headers[Protocol.ParamHeaderPrefix + suffix], message.Params, argument))
            {
                return Mismatch(Protocol.ParamHeaderPrefix + suffix, $"params.arguments.{argument}");
            }
        }

        return null;
    }

    private static RpcFault Mismatch(string header, string member) =>
        RpcFault.Headers($"The header {header} must be present and equal {member} of the body.");

    private static bool Same(StringValues header, string expected) =>
        Decode(header) is { } value && string.Equals(value, expected, StringComparison.Ordinal);

    private static bool SameArgument(StringValues header, JsonElement parameters, string argument)
    {
        var found = parameters.TryGetProperty("arguments"u8, out var all) && all.TryGetProperty(argument, out var value)
            ? value
            : default;
        return found.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => header.Count == 0,
            JsonValueKind.String => Same(header, found.GetString()!),
            JsonValueKind.True => Same(header, "true"),
            JsonValueKind.False => Same(header, "false"),
            JsonValueKind.Number => SameNumber(header, found),
            _ => false,
        };
    }

    private static bool SameNumber(StringValues header, JsonElement expected) =>
        expected.TryGetDecimal(out var number)
        && decimal.TryParse(Decode(header), NumberStyles.Float, CultureInfo.InvariantCulture, out var stated)
        && stated == number;

    /// <summary>The one value without surrounding white space, out of its base64 form; null when it cannot be told.</summary>
    private static string? Decode(StringValues header) =>
        header.Count == 1 ? McpHeaderEncoder.DecodeValue(header.ToString().Trim(' ', '\t')) : null;
}
