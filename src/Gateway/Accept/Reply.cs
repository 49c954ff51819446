using System.Buffers;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;
using ModelContextProtocol.Protocol;

namespace AgentGateway.Gateway.Accept;

/// <summary>Writes the members of a JSON object into an open writer.</summary>
internal delegate void Members(Utf8JsonWriter writer);

/// <summary>The only writer of answers: one whole JSON body with its length, in the shape of the caller's era.</summary>
internal static partial class Reply
{
    /// <summary>How long a modern client may keep a list without asking again.</summary>
    private const int CacheMilliseconds = 30_000;

    private const string Json = "application/json";

    // Relaxed: the answers are never HTML, and escaped Cyrillic costs a model six times the tokens.
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static readonly Implementation Server = new()
    {
        Name = "agent-gateway",
        Title = "Agent Gateway for Tasker",
        Version = typeof(Reply).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0],
    };

    /// <summary>A JSON-RPC result; <paramref name="cacheable"/> adds what modern clients need to keep it.</summary>
    public static async Task ResultAsync(HttpContext http, McpMessage message, Members members, bool cacheable = false)
    {
        var body = JsonOutput.Rented((message, members, cacheable), static (Utf8JsonWriter writer, in (McpMessage, Members, bool) answer) =>
        {
            var (message, members, cacheable) = answer;
            Envelope(writer, message.Id);
            writer.WriteStartObject("result"u8);
            members(writer);
            if (message.Era is Era.Modern)
            {
                Modern(writer, cacheable);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        await SendAsync(http, StatusCodes.Status200OK, Json, body);
        ArrayPool<byte>.Shared.Return(body.Array!);
    }

    /// <summary>The result of a tool: the structured object, and as text the same or what <paramref name="text"/> says.</summary>
    /// <param name="structured">One whole UTF-8 JSON object of our own making; it is written as it is.</param>
    public static Task ToolResultAsync(
        HttpContext http, McpMessage message, ReadOnlyMemory<byte> structured, bool isError, string? text = null) =>
        ResultAsync(http, message, writer =>
        {
            writer.WriteStartArray("content"u8);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "text"u8);
            if (text is null)
            {
                writer.WriteString("text"u8, structured.Span);
            }
            else
            {
                writer.WriteString("text"u8, text);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WritePropertyName("structuredContent"u8);
            writer.WriteRawValue(structured.Span, skipInputValidation: true);
            writer.WriteBoolean("isError"u8, isError);
        });

    /// <summary>A JSON-RPC error. Pass the request's id whenever there was a readable one: clients wait for it.</summary>
    public static Task ErrorAsync(HttpContext http, byte[]? id, RpcFault fault)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            Envelope(writer, id);
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("code"u8, fault.Code);
            writer.WriteString("message"u8, fault.Message);
            writer.WriteStartObject("data"u8);
            Data(writer, fault);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return SendAsync(http, fault.Status, Json, buffer.WrittenMemory);
    }

    public static Task ErrorAsync(HttpContext http, byte[]? id, int status, int code, string message, Reason? reason = null) =>
        ErrorAsync(http, id, new RpcFault(status, code, message, reason ?? Reasons.MalformedMessage));

    /// <summary>A notification was taken: 202 and nothing else.</summary>
    public static Task AcceptedAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static void Envelope(Utf8JsonWriter writer, byte[]? id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        writer.WriteRawValue(id ?? "null"u8, skipInputValidation: true);
    }

    private static void Modern(Utf8JsonWriter writer, bool cacheable)
    {
        writer.WriteString("resultType"u8, "complete"u8);
        if (cacheable)
        {
            writer.WriteNumber("ttlMs"u8, CacheMilliseconds);
            writer.WriteString("cacheScope"u8, "private"u8);
        }

        writer.WriteStartObject("_meta"u8);
        ServerInfo(writer, MetaKeys.ServerInfo);
        writer.WriteEndObject();
    }

    public static void ServerInfo(Utf8JsonWriter writer, string member)
    {
        writer.WriteStartObject(member);
        writer.WriteString("name"u8, Server.Name);
        writer.WriteString("title"u8, Server.Title);
        writer.WriteString("version"u8, Server.Version);
        writer.WriteEndObject();
    }

    private static void Data(Utf8JsonWriter writer, RpcFault fault)
    {
        if (fault.RequestedVersion is { } requested)
        {
            writer.WriteStartArray("supported"u8);
            foreach (var version in Protocol.Supported)
            {
                writer.WriteStringValue(version);
            }

            writer.WriteEndArray();
            writer.WriteString("requested"u8, requested);
        }

        writer.WriteString("code"u8, fault.Reason.Code);
        writer.WriteString("hint"u8, fault.Reason.Hint);
        writer.WriteBoolean("retryable"u8, fault.Reason.Retryable);
    }

    private static async Task SendAsync(HttpContext http, int status, string mediaType, ReadOnlyMemory<byte> body)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = mediaType;
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body);
    }
}
