using System.Globalization;
using System.Text;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>Reads the TOML a packet may hold: tables, basic strings, whole numbers, comments. Anything else throws.</summary>
internal sealed class StrictToml
{
    private readonly string _text;
    private int _at;

    private StrictToml(string text) => _text = text;

    public Dictionary<string, object> Values { get; } = new(StringComparer.Ordinal);

    public List<string> Comments { get; } = [];

    public static StrictToml Read(string text)
    {
        var reader = new StrictToml(text);
        var table = new List<string>();
        while (reader._at < text.Length)
        {
            reader.Line(table);
        }

        return reader;
    }

    public static string String(string text)
    {
        var reader = new StrictToml(text);
        var value = reader.Quoted();
        return reader._at == text.Length ? value : throw new FormatException("More follows the string.");
    }

    private void Line(List<string> table)
    {
        switch (Peek())
        {
            case '\n':
                break;
            case '#':
                var end = _text.IndexOf('\n', _at);
                Comments.Add(_text[_at..end]);
                _at = Comments[^1].Any(char.IsControl) ? throw new FormatException("A control in a comment.") : end;
                break;
            case '[':
                _at++;
                table.Clear();
                table.AddRange(Keys());
                Expect(']');
                Values.Add(Path(table, []), "table");
                break;
            default:
                var path = Path(table, Keys());
                Expect(' ');
                Expect('=');
                Expect(' ');
                Values.Add(path, Peek() == '"' ? Quoted() : Number());
                break;
        }

        Expect('\n');
    }

    private static string Path(IEnumerable<string> table, IEnumerable<string> keys) => string.Join('\u001f', table.Concat(keys));

    private List<string> Keys()
    {
        var keys = new List<string> { Key() };
        while (Peek() == '.')
        {
            _at++;
            keys.Add(Key());
        }

        return keys;
    }

    private string Key() => Peek() == '"' ? Quoted()
        : While(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');

    private long Number() => long.Parse(While(char.IsAsciiDigit), CultureInfo.InvariantCulture);

    private string While(Func<char, bool> fits)
    {
        var from = _at;
        while (_at < _text.Length && fits(_text[_at]))
        {
            _at++;
        }

        return _at > from ? _text[from.._at] : throw new FormatException($"Nothing fits at {from}.");
    }

    private string Quoted()
    {
        Expect('"');
        var value = new StringBuilder();
        while (Peek() != '"')
        {
            var character = _text[_at++];
            if (character == '\\')
            {
                value.Append(Escaped());
            }
            else if (character is (< ' ' and not '\t') or '\u007f')
            {
                throw new FormatException("A control in a string.");
            }
            else
            {
                value.Append(character);
            }
        }

        _at++;
        return value.ToString();
    }

    private string Escaped()
    {
        var kind = _text[_at++];
        if (kind is 'u' or 'U')
        {
            var digits = _text.Substring(_at, kind == 'u' ? 4 : 8);
            _at += digits.Length;
            return new Rune(int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString();
        }

        var at = "btnfr\"\\".IndexOf(kind, StringComparison.Ordinal);
        return at < 0 ? throw new FormatException("No such escape.") : "\b\t\n\f\r\"\\"[at].ToString();
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw new FormatException("The text ends too early.");

    private void Expect(char character)
    {
        if (Peek() != character)
        {
            throw new FormatException($"'{Peek()}' at {_at} instead of '{character}'.");
        }

        _at++;
    }
}
