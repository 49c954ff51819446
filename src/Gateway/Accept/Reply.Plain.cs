using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Accept;

/// <summary>Answers outside of MCP: plain objects, and problems with their stable code.</summary>
internal static partial class Reply
{
    // What the hints of Reasons say.
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(20);

    /// <summary>One whole UTF-8 JSON object of our own making, outside of MCP.</summary>
    public static Task ObjectAsync(HttpContext http, ReadOnlyMemory<byte> json) =>
        SendAsync(http, StatusCodes.Status200OK, Json, json);

    /// <summary>An answer outside of MCP: RFC 9457 with the stable code.</summary>
    public static Task ProblemAsync(
        HttpContext http, int status, Reason reason, string? detail = null, Members? more = null, TimeSpan? wait = null)
    {
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = Seconds(wait ?? UsualWait).ToString(CultureInfo.InvariantCulture);
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, $"urn:nodedc:problem:{reason.Code}");
            writer.WriteString("title"u8, reason.Detail);
            writer.WriteNumber("status"u8, status);
            writer.WriteString("code"u8, reason.Code);
            writer.WriteString("detail"u8, detail ?? reason.Detail);
            writer.WriteString("hint"u8, reason.Hint);
            writer.WriteBoolean("retryable"u8, reason.Retryable);
            writer.WriteString("request_id"u8, http.TraceIdentifier);
            more?.Invoke(writer);
            writer.WriteEndObject();
        }

        return SendAsync(http, status, "application/problem+json", buffer.WrittenMemory);
    }

    /// <summary>Whole seconds, never none.</summary>
    public static int Seconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
}
