using System.Buffers;
using AgentGateway.Gateway.Limits;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>How the reading of a body ended.</summary>
internal enum BodyEnd
{
    Whole,
    TooLarge,
    Broken,
}

/// <summary>The body of one request, read once into one pooled buffer and never beyond the limit.</summary>
internal sealed class MessageBody : IDisposable
{
    /// <summary>How far a refused body is read on for the sake of its id, and for a client that writes before it reads.</summary>
    private const int DrainLimit = 16 * 1024 * 1024;

    // Kestrel's minimum rate alone would let one body last for a quarter of an hour.
    private static readonly TimeSpan ReadTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);

    private readonly HttpRequest _request;
    private byte[] _buffer;

    private MessageBody(HttpRequest request, int limit)
    {
        _request = request;
        _buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(request.ContentLength ?? 4096, 512, limit) + 1);
    }

    public int Length { get; private set; }

    public BodyEnd End { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Kestrel's own limit answers without the request's id, so ours alone must decide here.</summary>
    public static async Task<MessageBody> ReadAsync(HttpContext http, int limit, CancellationToken cancel)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        var body = new MessageBody(http.Request, limit);
        try
        {
            using var time = Deadline.After(ReadTime, cancel);
            await body.FillAsync(limit, time.Token, cancel);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The id for a refusal; reads on in a body that is too large when the id comes late.</summary>
    public async Task<byte[]?> FindIdAsync(CancellationToken cancel)
    {
        var scanner = new IdScanner();
        scanner.Feed(Bytes);
        if (End is BodyEnd.TooLarge && !scanner.Done)
        {
            await ReadOnAsync(scanner, cancel);
        }

        return scanner.Id;
    }

    /// <summary>After the answer: takes what the client still sends, so that it gets to read the answer.</summary>
    public Task DrainAsync(CancellationToken cancel) =>
        End is BodyEnd.TooLarge ? ReadOnAsync(null, cancel) : Task.CompletedTask;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    private async Task FillAsync(int limit, CancellationToken time, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                if (Length == _buffer.Length)
                {
                    Grow(limit);
                }

                var read = await _request.Body.ReadAsync(_buffer.AsMemory(Length), time);
                if (read == 0)
                {
                    return;
                }

                Length += read;
                if (Length > limit)
                {
                    End = BodyEnd.TooLarge;
                    return;
                }
            }
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            // Bad framing shows itself as several kinds of exception; whatever it is, there is no message.
            End = BodyEnd.Broken;
        }
    }

    private void Grow(int limit)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_buffer.Length * 2, limit + 1));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private async Task ReadOnAsync(IdScanner? scanner, CancellationToken cancel)
    {
        using var time = Deadline.After(DrainTime, cancel);
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (var taken = 0; taken < DrainLimit && scanner?.Done is not true;)
            {
                var read = await _request.Body.ReadAsync(chunk, time.Token);
                if (read == 0)
                {
                    End = BodyEnd.Whole;
                    return;
                }

                scanner?.Feed(chunk.AsSpan(0, read));
                taken += read;
            }
        }
        catch (Exception) when (!cancel.IsCancellationRequested)
        {
            End = BodyEnd.Broken;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
