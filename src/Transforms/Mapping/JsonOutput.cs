using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentGateway.Transforms.Mapping;

/// <summary>Writes one JSON value into <paramref name="writer"/>; what it needs comes in <paramref name="state"/>.</summary>
public delegate void JsonContent<T>(Utf8JsonWriter writer, in T state);

/// <summary>How JSON leaves the gateway: UTF-8 as it is, because \u escapes cost a model three to six times the tokens.</summary>
public static class JsonOutput
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A usual answer fits; one that needed more leaves no large buffer behind.
    private const int Kept = 64 * 1024;

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>The bytes of one value, written in a buffer that the next call of this thread uses again.</summary>
    public static byte[] Bytes<T>(in T state, JsonContent<T> content) =>
        Write(state, content, static written => written.ToArray());

    /// <summary>The same in an array of the shared pool, where the caller returns it.</summary>
    public static ArraySegment<byte> Rented<T>(in T state, JsonContent<T> content) => Write(state, content, static written =>
    {
        var rented = ArrayPool<byte>.Shared.Rent(written.Length);
        written.CopyTo(rented);
        return new ArraySegment<byte>(rented, 0, written.Length);
    });

    private static TBytes Write<T, TBytes>(in T state, JsonContent<T> content, Func<ReadOnlySpan<byte>, TBytes> take)
    {
        // Taken while in use: a value that is written within another one gets a buffer of its own.
        var scratch = _scratch ?? new Scratch();
        _scratch = null;
        content(scratch.Writer, state);
        scratch.Writer.Flush();
        var bytes = take(scratch.Buffer.WrittenSpan);
        if (scratch.Buffer.Capacity <= Kept)
        {
            scratch.Buffer.ResetWrittenCount();
            scratch.Writer.Reset();
            _scratch = scratch;
        }

        return bytes;
    }

    private sealed class Scratch
    {
        public Scratch() => Writer = new Utf8JsonWriter(Buffer, Options);

        public ArrayBufferWriter<byte> Buffer { get; } = new(4 * 1024);

        public Utf8JsonWriter Writer { get; }
    }
}
