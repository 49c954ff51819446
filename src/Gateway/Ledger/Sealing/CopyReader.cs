using System.Buffers;
using System.Buffers.Binary;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>Cuts a stream of binary COPY into its rows; a row's bytes are valid until the next one is read.</summary>
internal sealed class CopyReader(Stream copy) : IAsyncDisposable
{
    private const int HeaderSize = 19;
    private const int FirstBuffer = 256 * 1024;
    private const int LargestRow = 16 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;
    private bool _begun;

    public SealedRow Current { get; private set; }

    /// <summary>False at the end of the stream.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancel)
    {
        if (!_begun)
        {
            await FillAsync(HeaderSize, cancel);
            _start += HeaderSize;
            _begun = true;
        }

        while (true)
        {
            if (Measure() is { } length)
            {
                if (length == 0)
                {
                    // Read to the very end: only then has the server finished the statement without an error.
                    await copy.CopyToAsync(Stream.Null, cancel);
                    return false;
                }

                Current = new SealedRow(_buffer.AsMemory(_start, length));
                _start += length;
                return true;
            }

            await FillAsync(_end - _start + 1, cancel);
        }
    }

    public ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        return copy.DisposeAsync();
    }

    /// <summary>Null: the row is not all here yet; zero: there are no more.</summary>
    private int? Measure()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.Length < sizeof(short))
        {
            return null;
        }

        var fields = BinaryPrimitives.ReadInt16BigEndian(rest);
        if (fields < 0)
        {
            return 0;
        }

        var length = sizeof(short);
        for (var field = 0; field < fields; field++)
        {
            if (rest.Length < length + sizeof(int))
            {
                return null;
            }

            length += sizeof(int) + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rest[length..]));
            if (rest.Length < length)
            {
                return null;
            }
        }

        return length;
    }

    private async ValueTask FillAsync(int atLeast, CancellationToken cancel)
    {
        if (_buffer.Length - _start < Math.Max(atLeast, FirstBuffer / 4))
        {
            MakeRoom();
        }

        while (_end - _start < atLeast)
        {
            var read = await copy.ReadAsync(_buffer.AsMemory(_end), cancel);
            _end += read > 0 ? read : throw new EndOfStreamException("The database ended in the middle of a row.");
        }
    }

    private void MakeRoom()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.Length <= _buffer.Length / 2)
        {
            rest.CopyTo(_buffer);
        }
        else
        {
            if (_buffer.Length > LargestRow / 2)
            {
                throw new InvalidDataException("A row of the audit is larger than any that the gateway writes.");
            }

            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            rest.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        (_end, _start) = (_end - _start, 0);
    }
}
