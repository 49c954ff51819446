using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentGateway.Tasker.Operations;

/// <summary>An answer as it leaves and as it is stored: the same bytes in both places.</summary>
internal sealed record Outcome(int Status, string Json)
{
    public string? Tag { get; init; }

    public bool Replayed { get; init; }

    public static Outcome Of<T>(int status, T body, JsonTypeInfo<T> type, string? tag = null) =>
        new(status, JsonSerializer.Serialize(body, type)) { Tag = tag };

    public async Task WriteAsync(HttpContext http)
    {
        var response = http.Response;
        if (Tag is { } tag)
        {
            response.Headers.ETag = $"\"{tag}\"";
            if (Status == StatusCodes.Status200OK && HttpMethods.IsGet(http.Request.Method)
                && http.Request.Headers.IfNoneMatch is [{ } known] && known == $"\"{tag}\"")
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        if (Replayed)
        {
            response.Headers["Idempotency-Replayed"] = "true";
        }

        var bytes = Encoding.UTF8.GetBytes(Json);
        response.StatusCode = Status;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, http.RequestAborted);
    }
}
