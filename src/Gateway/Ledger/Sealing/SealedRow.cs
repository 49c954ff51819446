using System.Buffers.Binary;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>How a row becomes a leaf; both who seals and who verifies must use the same.</summary>
internal delegate byte[] LeafHash(SealedRow row);

/// <summary>One row as binary COPY sends it: what is hashed are these very bytes.</summary>
internal readonly record struct SealedRow(ReadOnlyMemory<byte> Tuple)
{
    /// <summary>The order of the canonical row: what the program decides, its MAC, then what the database decides.</summary>
    public const string Columns = $"{AuditEvent.Columns}, sequence, at, tx";

    private const int CountSize = sizeof(short);
    private const int LengthSize = sizeof(int);

    // sequence, at and tx end each row, eight bytes each.
    private const int NumberField = LengthSize + sizeof(long);
    private const int Ending = 3 * NumberField;

    public long Sequence => Number(Tuple.Length - (3 * NumberField));

    public SealPosition Position => new((ulong)Number(Tuple.Length - NumberField), Sequence);

    public static byte[] Leaf(SealedRow row) => CompactRange.Leaf(row.Tuple.Span);

    /// <summary>Null: the row carries no MAC.</summary>
    public short? MacKey(out ReadOnlySpan<byte> fields, out ReadOnlySpan<byte> mac)
    {
        var tuple = Tuple.Span;
        var withoutEnding = tuple[..^Ending];
        fields = default;
        mac = default;
        var macField = LengthSize + RowMac.Length;
        if (withoutEnding.Length < macField
            || BinaryPrimitives.ReadInt32BigEndian(withoutEnding[^macField..]) != RowMac.Length)
        {
            return null;
        }

        mac = withoutEnding[^RowMac.Length..];
        fields = withoutEnding[CountSize..^macField];
        return BinaryPrimitives.ReadInt32BigEndian(fields[^(LengthSize + sizeof(short))..]) == sizeof(short)
            ? BinaryPrimitives.ReadInt16BigEndian(fields[^sizeof(short)..])
            : null;
    }

    private long Number(int field) => BinaryPrimitives.ReadInt64BigEndian(Tuple.Span[(field + LengthSize)..]);
}
