using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AgentGateway.Gateway.Accept.Message;

/// <summary>Why a body is not one acceptable JSON object.</summary>
internal enum JsonFault
{
    None,
    NotUtf8,
    Malformed,
    NotAnObject,
    DuplicateMember,
    BadText,
    TooBig,
}

/// <summary>Reads exactly one JSON object of bounded shape that every other reader understands the same way, or none.</summary>
internal static class StrictJson
{
    public const int Depth = 32;
    public const int LongestText = 64 * 1024;
    public const int MostElements = 500;
    public const int MostMembers = 256;
    public const int MostDigits = 19;
    public const int LongestId = 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Depth };

    /// <summary>The element owns its memory: the body's buffer may be reused at once.</summary>
    public static JsonFault Read(ReadOnlySpan<byte> body, out JsonElement element)
    {
        element = default;
        if (!Utf8.IsValid(body))
        {
            return JsonFault.NotUtf8;
        }

        try
        {
            var fault = Walk(body);
            if (fault is not JsonFault.None)
            {
                return fault;
            }
        }
        catch (JsonException)
        {
            return JsonFault.Malformed;
        }

        try
        {
            element = JsonElement.Parse(body, Strict);
            return JsonFault.None;
        }
        catch (JsonException)
        {
            // The walk has read all of it: what is left to refuse is a member that occurs twice.
            return JsonFault.DuplicateMember;
        }
    }

    /// <summary>Whether a token is an id we accept and echo: a string or an integer, of bounded length.</summary>
    public static bool IsId(JsonTokenType type, ReadOnlySpan<byte> raw) => raw.Length <= LongestId && type switch
    {
        JsonTokenType.String => true,
        JsonTokenType.Number => Utf8Parser.TryParse(raw, out long _, out var used) && used == raw.Length,
        _ => false,
    };

    private static JsonFault Walk(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = Depth });
        Span<int> counts = stackalloc int[Depth + 1];
        Span<bool> arrays = stackalloc bool[Depth + 1];
        arrays.Clear();
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            // Reading on tells a whole value of another kind from text that is not JSON at all.
            while (reader.Read())
            {
            }

            return JsonFault.NotAnObject;
        }

        counts[1] = 0;
        while (reader.Read())
        {
            // Inside a container CurrentDepth counts it; on its start token it does not yet.
            var depth = reader.CurrentDepth;
            var member = reader.TokenType is JsonTokenType.PropertyName;
            var ends = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (!ends && depth > 0 && (member || arrays[depth]) && ++counts[depth] > (member ? MostMembers : MostElements))
            {
                return JsonFault.TooBig;
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                counts[depth + 1] = 0;
                arrays[depth + 1] = reader.TokenType is JsonTokenType.StartArray;
            }

            var fault = Token(ref reader);
            if (fault is not JsonFault.None)
            {
                return fault;
            }
        }

        return JsonFault.None;
    }

    private static JsonFault Token(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.PropertyName or JsonTokenType.String => Text(ref reader),
        JsonTokenType.Number => Number(reader.ValueSpan),
        _ => JsonFault.None,
    };

    private static JsonFault Number(ReadOnlySpan<byte> raw)
    {
        var digits = 0;
        foreach (var character in raw)
        {
            digits += character is >= (byte)'0' and <= (byte)'9' ? 1 : 0;
        }

        if (digits > MostDigits)
        {
            return JsonFault.TooBig;
        }

        // 1e400 is infinity to one reader and an error to the next.
        return Utf8Parser.TryParse(raw, out double value, out _) && double.IsFinite(value) ? JsonFault.None : JsonFault.TooBig;
    }

    private static JsonFault Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan.Length > LongestText ? JsonFault.TooBig : JsonFault.None;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var text = buffer.AsSpan(0, reader.CopyString(buffer));
            return text.Contains((byte)0) ? JsonFault.BadText
                : text.Length > LongestText ? JsonFault.TooBig
                : JsonFault.None;
        }
        catch (InvalidOperationException)
        {
            return JsonFault.BadText;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
