using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>
/// Writes values exactly as Postgres sends them in binary COPY: length, then bytes. What the program signs is, byte for byte,
/// what a verifier reads back, and no two different rows have the same bytes.
/// </summary>
internal static class RowFields
{
    private const int Absent = -1;
    private const int UuidSize = 16;
    private const int UuidOid = 2950;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _fields;

    /// <returns>Valid until the next call of this thread: each call of the gateway writes two rows.</returns>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<object?> values)
    {
        var fields = _fields ??= new ArrayBufferWriter<byte>(4 * 1024);
        fields.ResetWrittenCount();
        foreach (var value in values)
        {
            Write(fields, value);
        }

        return fields.WrittenSpan;
    }

    private static void Write(ArrayBufferWriter<byte> fields, object? value)
    {
        switch (value)
        {
            case null:
                WriteInt(fields, Absent);
                break;
            case string text:
                WriteInt(fields, Encoding.UTF8.GetByteCount(text));
                fields.Advance(Encoding.UTF8.GetBytes(text, fields.GetSpan(Encoding.UTF8.GetByteCount(text))));
                break;
            case Guid id:
                WriteUuid(fields, id);
                break;
            case int number:
                WriteInt(fields, sizeof(int));
                WriteInt(fields, number);
                break;
            case short number:
                WriteInt(fields, sizeof(short));
                BinaryPrimitives.WriteInt16BigEndian(fields.GetSpan(sizeof(short)), number);
                fields.Advance(sizeof(short));
                break;
            case byte[] bytes:
                WriteInt(fields, bytes.Length);
                fields.Write(bytes);
                break;
            case Guid[] ids:
                WriteUuids(fields, ids);
                break;
            default:
                throw new UnreachableException($"The audit has no column of type {value.GetType().Name}.");
        }
    }

    private static void WriteUuid(ArrayBufferWriter<byte> fields, Guid id)
    {
        WriteInt(fields, UuidSize);
        id.TryWriteBytes(fields.GetSpan(UuidSize), bigEndian: true, out _);
        fields.Advance(UuidSize);
    }

    // One dimension, no nulls, counted from one: the only arrays the program writes. An empty one is written as absent.
    private static void WriteUuids(ArrayBufferWriter<byte> fields, Guid[] ids)
    {
        WriteInt(fields, (5 * sizeof(int)) + (ids.Length * (sizeof(int) + UuidSize)));
        WriteInt(fields, 1);
        WriteInt(fields, 0);
        WriteInt(fields, UuidOid);
        WriteInt(fields, ids.Length);
        WriteInt(fields, 1);
        foreach (var id in ids)
        {
            WriteUuid(fields, id);
        }
    }

    private static void WriteInt(ArrayBufferWriter<byte> fields, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(fields.GetSpan(sizeof(int)), number);
        fields.Advance(sizeof(int));
    }
}
