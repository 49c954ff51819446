using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace AgentGateway.Security.Tests.Wire;

/// <summary>Tells where the next frame of one direction ends; parses no more than that takes.</summary>
/// <returns>Its length, 0 when it is not whole yet, and its kind.</returns>
internal delegate (int Length, char Kind) Framing(ReadOnlySpan<byte> buffered);

/// <summary>The two protocols that are cut into frames.</summary>
internal static class Framings
{
    private const int StartupHeader = 4;
    private const int TypedHeader = 5;

    /// <summary>Every message has a type letter and a length, but for a client's first one. There must be no encryption.</summary>
    public static Framing Postgres(Toward toward)
    {
        var first = toward == Toward.Server;
        return buffered =>
        {
            var header = first ? StartupHeader : TypedHeader;
            if (buffered.Length < header)
            {
                return (0, ' ');
            }

            var length = BinaryPrimitives.ReadInt32BigEndian(buffered[(header - StartupHeader)..]) + header - StartupHeader;
            if (buffered.Length < length)
            {
                return (0, ' ');
            }

            var kind = first ? '^' : (char)buffered[0];
            first = false;
            return (length, kind);
        };
    }

    /// <summary>A head, then a body as long as the head says; a body of unknown length comes in pieces as they arrive.</summary>
    public static Framing Http(Toward toward)
    {
        var body = 0;
        var pieces = false;
        return buffered =>
        {
            if (body > 0)
            {
                var whole = buffered.Length >= body ? body : 0;
                body -= whole;
                return (whole, 'b');
            }

            if (pieces)
            {
                pieces = !buffered.EndsWith("0\r\n\r\n"u8);
                return (buffered.Length, 'b');
            }

            var end = buffered.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return (0, ' ');
            }

            var head = Encoding.ASCII.GetString(buffered[..end]).ToLowerInvariant();
            pieces = head.Contains("\ntransfer-encoding: chunked", StringComparison.Ordinal);
            var length = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("content-length:", StringComparison.Ordinal));
            body = length is null ? 0 : int.Parse(length["content-length:".Length..], CultureInfo.InvariantCulture);
            return (end + 4, 'h');
        };
    }
}
