using System.Buffers;
using Yarp.ReverseProxy.Transforms;

namespace AgentGateway.Transforms.Response;

/// <summary>What came back from Tasker, read whole and within limits; nothing of it has reached the agent yet.</summary>
public sealed record Arrival
{
    /// <summary>More than any page of the contract; a larger answer is nonsense or an attack on memory.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    public required int Status { get; init; }

    public required string? MediaType { get; init; }

    /// <summary>Null when the body was too large or broke off.</summary>
    public required byte[]? Body { get; init; }

    public required string? Fault { get; init; }

    /// <summary>YARP's response transform: keeps the body from the agent and leaves it to the flow to check and wrap.</summary>
    internal static async ValueTask CaptureAsync(ResponseTransformContext context)
    {
        context.SuppressResponseBody = true;
        if (context.ProxyResponse is not { } response)
        {
            return;
        }

        var (body, fault) = await ReadAsync(response.Content, context.CancellationToken);
        context.HttpContext.Features.Set(new Arrival
        {
            Status = (int)response.StatusCode,
            MediaType = response.Content.Headers.ContentType?.MediaType,
            Body = body,
            Fault = fault,
        });
    }

    private static async Task<(byte[]? Body, string? Fault)> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        if (content.Headers.ContentLength is > MaxBytes)
        {
            return (null, "too large");
        }

        // One byte more than is expected: the end shows itself without a larger buffer.
        var buffer = ArrayPool<byte>.Shared.Rent((int)(content.Headers.ContentLength ?? 4096) + 1);
        var filled = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancel);
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(filled), cancel)) > 0)
            {
                filled += read;
                if (filled > MaxBytes)
                {
                    return (null, "too large");
                }

                if (filled == buffer.Length)
                {
                    buffer = Larger(buffer);
                }
            }

            return (buffer.AsSpan(0, filled).ToArray(), null);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status line came, the body did not: for a write that is an unknown outcome, told apart by the flow.
            return (null, "broke off");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Larger(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
