using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>Where a row stands in the order of sealing: by its transaction, then by its number.</summary>
internal readonly record struct SealPosition(ulong Tx, long Sequence) : IComparable<SealPosition>
{
    public int CompareTo(SealPosition other) =>
        Tx != other.Tx ? Tx.CompareTo(other.Tx) : Sequence.CompareTo(other.Sequence);
}

/// <summary>One signed statement: the first <see cref="TreeSize"/> rows of the audit have this root.</summary>
internal sealed record Checkpoint
{
    private const int LongestLine = 4096;

    private static readonly byte[] Label = "agent-gateway/audit/checkpoint/1\n"u8.ToArray();

    /// <summary>The audit this is about; the same in all its checkpoints.</summary>
    public required Guid Origin { get; init; }

    public required long Number { get; init; }

    public required long TreeSize { get; init; }

    public required byte[] Root { get; init; }

    /// <summary>The <see cref="Digest"/> of the checkpoint before; zeros for the first.</summary>
    public required byte[] Previous { get; init; }

    /// <summary>In whole microseconds, as the database keeps it.</summary>
    public required DateTimeOffset At { get; init; }

    public required ulong FirstTx { get; init; }

    public required long FirstSequence { get; init; }

    public required ulong LastTx { get; init; }

    public required long LastSequence { get; init; }

    /// <summary>How many of its rows had no MAC that the sealer could confirm.</summary>
    public required int Unproven { get; init; }

    public required string KeyId { get; init; }

    public required byte[] Signature { get; init; }

    [JsonIgnore]
    public SealPosition First => new(FirstTx, FirstSequence);

    [JsonIgnore]
    public SealPosition Last => new(LastTx, LastSequence);

    /// <summary>Every member but the signature at a fixed place: no two statements have the same bytes.</summary>
    public byte[] ToSignedBytes()
    {
        using var bytes = new MemoryStream(256);
        bytes.Write(Label);
        bytes.Write(Origin.ToByteArray(bigEndian: true));
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var part in (long[])
            [
                Number, TreeSize, (At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                (long)FirstTx, FirstSequence, (long)LastTx, LastSequence, Unproven,
            ])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, part);
            bytes.Write(number);
        }

        bytes.Write(Root);
        bytes.Write(Previous);
        bytes.Write(Encoding.UTF8.GetBytes(KeyId));
        return bytes.ToArray();
    }

    /// <summary>Names this checkpoint and its signature in the next one.</summary>
    public byte[] Digest() => SHA256.HashData([.. ToSignedBytes(), .. Signature]);

    /// <summary>One line of the exported file, without its end.</summary>
    public string ToLine() => JsonSerializer.Serialize(this, CheckpointJson.Default.Checkpoint);

    /// <summary>Null for anything that is not one whole checkpoint.</summary>
    public static Checkpoint? Parse(string line)
    {
        if (line.Length > LongestLine)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(line, CheckpointJson.Default.Checkpoint) is
            {
                Root.Length: CompactRange.HashSize,
                Previous.Length: CompactRange.HashSize,
                Signature.Length: CheckpointKey.SignatureSize,
                KeyId.Length: > 0,
            } checkpoint ? checkpoint : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Writes and reads the exported lines, strictly.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Checkpoint))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
