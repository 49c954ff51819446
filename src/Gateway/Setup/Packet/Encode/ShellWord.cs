using System.Buffers;

namespace AgentGateway.Gateway.Setup.Packet.Encode;

/// <summary>
/// POSIX.1-2017, Shell Command Language 2.2.2: between single quotes every character is itself, so only the single quote
/// needs care; a word of harmless characters is left as it is.
/// </summary>
internal static class ShellWord
{
    private static readonly SearchValues<char> Harmless =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:-");

    /// <exception cref="ArgumentException">No argument of a program can hold the character NUL.</exception>
    public static string Of(string value)
    {
        if (PlainRunes.Of(value).Any(rune => rune.Value == 0))
        {
            throw new ArgumentException("A shell word holds no NUL.", nameof(value));
        }

        return value.Length > 0 && !value.AsSpan().ContainsAnyExcept(Harmless)
            ? value
            : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }
}
