using System.Runtime.InteropServices;
using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>What a body turned out to be.</summary>
internal abstract record Reading
{
    private Reading()
    {
    }

    /// <summary>One message, whole and of one era.</summary>
    internal sealed record Message(McpMessage Value) : Reading;

    /// <summary>No message; the id is what could be read of it.</summary>
    internal sealed record Refused(RpcFault Fault, byte[]? Id) : Reading;
}

/// <summary>Turns a whole body into one message of one era, or says exactly why not.</summary>
internal static class MessageReader
{
    private const int LongestName = 128;

    private static readonly string[] Envelope = ["jsonrpc", "id", "method", "params", "result", "error"];

    public static Reading Read(IHeaderDictionary headers, ReadOnlySpan<byte> body, ParamHeaders paramHeaders)
    {
        var fault = StrictJson.Read(body, out var root);
        if (fault is not JsonFault.None)
        {
            var scanner = new IdScanner();
            scanner.Feed(body);
            return new Reading.Refused(Fault(fault), scanner.Id);
        }

        var refused = ReadEnvelope(root, out var id);
        if (refused is not null)
        {
            return new Reading.Refused(refused, id);
        }

        var message = new McpMessage
        {
            Era = Era.Legacy,
            ProtocolVersion = Protocol.Unstated,
            Id = id,
            Method = root.GetProperty("method"u8).GetString()!,
            Params = root.TryGetProperty("params"u8, out var parameters) ? parameters : default,
        };
        refused = ReadParams(message)
            ?? EraReader.Read(headers, ref message)
            ?? HeaderAgreement.Check(headers, message, paramHeaders);
        return refused is null
            ? new Reading.Message(ClientNames.Add(headers, message))
            : new Reading.Refused(refused, id);
    }

    public static RpcFault Fault(JsonFault fault) => fault switch
    {
        JsonFault.NotUtf8 => RpcFault.Parse("The body is not UTF-8."),
        JsonFault.Malformed => RpcFault.Parse("The body is not JSON, or is nested too deeply."),
        JsonFault.BadText => RpcFault.Parse("A string holds a NUL or half of a surrogate pair."),
        JsonFault.NotAnObject => RpcFault.Request("The body must be one object; batches are not supported."),
        JsonFault.DuplicateMember => RpcFault.Request("A member occurs twice."),
        _ => RpcFault.Request("A string, number, array or object in the body is too large."),
    };

    private static RpcFault? ReadEnvelope(JsonElement root, out byte[]? id)
    {
        id = null;
        var hasId = root.TryGetProperty("id"u8, out var idValue);
        if (hasId)
        {
            var raw = JsonMarshal.GetRawUtf8Value(idValue);
            if (!StrictJson.IsId(Token(idValue.ValueKind), raw))
            {
                return RpcFault.Request("The id must be a string or an integer.");
            }

            id = raw.ToArray();
        }

        foreach (var member in root.EnumerateObject())
        {
            if (!IsEnvelope(member) && Envelope.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
            {
                return RpcFault.Request("Member names are case-sensitive.");
            }
        }

        if (!root.TryGetProperty("jsonrpc"u8, out var version)
            || version.ValueKind is not JsonValueKind.String || !version.ValueEquals("2.0"u8))
        {
            return RpcFault.Request("The member jsonrpc must be \"2.0\".");
        }

        if (root.TryGetProperty("result"u8, out _) || root.TryGetProperty("error"u8, out _))
        {
            return RpcFault.Request("This server asks nothing, so it takes no responses.");
        }

        if (!root.TryGetProperty("method"u8, out var method) || method.ValueKind is not JsonValueKind.String
            || method.GetString() is not { Length: > 0 and <= LongestName } called)
        {
            return RpcFault.Request("The member method must be a string of 1 to 128 characters.");
        }

        return !hasId && !called.StartsWith(Protocol.NotificationPrefix, StringComparison.Ordinal)
            ? RpcFault.Request("A request needs an id.")
            : null;
    }

    private static bool IsEnvelope(JsonProperty member)
    {
        foreach (var name in Envelope)
        {
            if (member.NameEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static JsonTokenType Token(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => JsonTokenType.String,
        JsonValueKind.Number => JsonTokenType.Number,
        _ => JsonTokenType.None,
    };

    private static RpcFault? ReadParams(McpMessage message)
    {
        var parameters = message.Params;
        if (parameters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            return RpcFault.Params("The member params must be an object.");
        }

        if (parameters.ValueKind is JsonValueKind.Object && parameters.TryGetProperty("_meta"u8, out var meta)
            && meta.ValueKind is not JsonValueKind.Object)
        {
            return RpcFault.Params("The member _meta must be an object.");
        }

        if (message.Method is not RequestMethods.ToolsCall)
        {
            return null;
        }

        if (parameters.ValueKind is not JsonValueKind.Object || !parameters.TryGetProperty("name"u8, out var name)
            || name.ValueKind is not JsonValueKind.String || name.GetString() is not { Length: > 0 and <= LongestName })
        {
            return RpcFault.Params("The member name must be the tool's name.");
        }

        return parameters.TryGetProperty("arguments"u8, out var arguments) && arguments.ValueKind is not JsonValueKind.Object
            ? RpcFault.Params("The member arguments must be an object.")
            : null;
    }
}
