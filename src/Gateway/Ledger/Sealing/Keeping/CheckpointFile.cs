using System.Text;

namespace AgentGateway.Gateway.Ledger.Sealing.Keeping;

/// <summary>The exported checkpoints, one line each: on disk when a call returns, and never a torn line before another.</summary>
internal sealed class CheckpointFile(string path)
{
    private const int LongestLine = 8 * 1024;
    private const byte LineEnd = (byte)'\n';

    public string Path => path;

    /// <summary>Null for an empty file; a line that a crash has torn is cut off first.</summary>
    /// <exception cref="SealRefusedException">The file ends with something that is no checkpoint.</exception>
    public async Task<Checkpoint?> LastAsync(CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var length = (int)Math.Min(file.Length, LongestLine);
        var end = new byte[length];
        file.Position = file.Length - length;
        await file.ReadExactlyAsync(end, cancel);

        var whole = end.AsSpan().LastIndexOf(LineEnd) + 1;
        if (whole == 0 && file.Length >= LongestLine)
        {
            throw new SealRefusedException($"{path} is no file of checkpoints.");
        }

        if (whole < length)
        {
            file.SetLength(file.Length - (length - whole));
            file.Flush(flushToDisk: true);
        }

        if (whole == 0)
        {
            return null;
        }

        var begin = end.AsSpan(0, whole - 1).LastIndexOf(LineEnd) + 1;
        return Checkpoint.Parse(Encoding.UTF8.GetString(end.AsSpan(begin, whole - 1 - begin)))
            ?? throw new SealRefusedException($"{path} ends with a line that is no checkpoint.");
    }

    public async Task AppendAsync(IReadOnlyList<Checkpoint> added, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        var lines = string.Concat(added.Select(checkpoint => checkpoint.ToLine() + "\n"));
        await file.WriteAsync(Encoding.UTF8.GetBytes(lines), cancel);
        await file.FlushAsync(cancel);
        file.Flush(flushToDisk: true);
    }
}

/// <summary>Sealing on would hide what has happened to the audit; the message says what that is.</summary>
internal sealed class SealRefusedException(string message) : Exception(message);
