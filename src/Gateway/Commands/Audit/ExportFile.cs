using System.Text;
using System.Text.Json;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary>An export that may have been interrupted: it ends with a whole line before another one is added.</summary>
internal static class ExportFile
{
    private const int LongestLine = 64 * 1024;

    public static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>Null for an empty file. Leaves the stream at its end, after cutting off a torn line.</summary>
    /// <exception cref="UsageException">The file ends with something that is no line of such an export.</exception>
    public static ExportCursor? LastCursor(FileStream file, bool csv)
    {
        var length = (int)Math.Min(file.Length, LongestLine);
        var end = new byte[length];
        file.Position = file.Length - length;
        file.ReadExactly(end);
        var whole = end.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole == 0 && length == LongestLine)
        {
            throw Foreign(file);
        }

        file.SetLength(file.Length - (length - whole));
        file.Position = file.Length;
        if (whole == 0)
        {
            return null;
        }

        var begin = end.AsSpan(0, whole - 1).LastIndexOf((byte)'\n') + 1;
        var line = Encoding.UTF8.GetString(end.AsSpan(begin, whole - 1 - begin));
        return line == AuditExporter.CsvHeader ? default(ExportCursor) : Cursor(line, csv) ?? throw Foreign(file);
    }

    private static ExportCursor? Cursor(string line, bool csv)
    {
        if (csv)
        {
            return ExportCursor.Parse(line.Split(',')[0]);
        }

        try
        {
            using var parsed = JsonDocument.Parse(line);
            return parsed.RootElement.TryGetProperty("cursor", out var cursor) && cursor.ValueKind == JsonValueKind.String
                ? ExportCursor.Parse(cursor.GetString() ?? "")
                : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static UsageException Foreign(FileStream file) =>
        new($"{file.Name} does not end like an export of this format; name another file.");
}
