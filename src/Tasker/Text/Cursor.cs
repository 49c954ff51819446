using System.Text;
using System.Text.Json;
using AgentGateway.Tasker.Adapter;

namespace AgentGateway.Tasker.Text;

/// <summary>Where a list goes on: the keys of the last element shown, bound to the question they belong to.</summary>
internal static class Cursor
{
    public static string Write(string question, params IReadOnlyList<string> keys) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes([Digest(question), .. keys], AdapterJson.Wire.StringArray))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Null without a cursor; a foreign or broken one is refused.</summary>
    public static IReadOnlyList<string>? Read(string? cursor, string question, int keys)
    {
        if (cursor is null)
        {
            return null;
        }

        try
        {
            var text = cursor.Replace('-', '+').Replace('_', '/');
            var bytes = Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='));
            if (JsonSerializer.Deserialize(bytes, AdapterJson.Wire.StringArray) is { } parts
                && parts.Length == keys + 1 && parts[0] == Digest(question) && Array.TrueForAll(parts, part => part is not null))
            {
                return parts[1..];
            }
        }
        catch (Exception broken) when (broken is FormatException or JsonException)
        {
            // Answered below, together with cursors of other questions.
        }

        throw Bad();
    }

    public static RefusalException Bad() => Refuse.Field("/cursor", "is not a cursor of this list");

    // Eight characters suffice to notice a cursor used with other filters; nothing secret rests on it.
    private static string Digest(string question) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(question)))[..8];
}
