using System.Text;

namespace AgentGateway.Tidy.Reading;

/// <summary>C# with comments and the insides of literals blanked; every position and line stays where it was.</summary>
public sealed class SourceMask
{
    private readonly string _text;
    private readonly StringBuilder _mask;
    private int _at;

    private SourceMask(string text)
    {
        _text = text;
        _mask = new StringBuilder(text);
    }

    public static string Of(string text)
    {
        var mask = new SourceMask(text);
        mask.Code(holeBraces: 0);
        return mask._mask.ToString();
    }

    /// <summary>Reads code until the end, or until the brace that closes an interpolation hole.</summary>
    private void Code(int holeBraces)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            if (Starts("//"))
            {
                Blank(End("\n", keep: true));
            }
            else if (Starts("/*"))
            {
                Blank(End("*/", keep: false));
            }
            else if (_text[_at] == '\'')
            {
                Character();
            }
            else if (StringAhead(out var dollars, out var verbatim))
            {
                Literal(dollars, verbatim);
            }
            else if (holeBraces > 0 && depth == 0 && Starts(new string('}', holeBraces)))
            {
                Blank(_at + holeBraces);
                return;
            }
            else
            {
                depth += _text[_at] switch { '{' => 1, '}' => -1, _ => 0 };
                _at++;
            }
        }
    }

    private bool StringAhead(out int dollars, out bool verbatim)
    {
        var next = _at;
        (dollars, verbatim) = (0, false);
        for (; next < _text.Length && _text[next] is '$' or '@'; next++)
        {
            dollars += _text[next] == '$' ? 1 : 0;
            verbatim |= _text[next] == '@';
        }

        if (next >= _text.Length || _text[next] != '"')
        {
            return false;
        }

        _at = next;
        return true;
    }

    private void Literal(int dollars, bool verbatim)
    {
        var quotes = 0;
        while (_at + quotes < _text.Length && _text[_at + quotes] == '"')
        {
            quotes++;
        }

        if (quotes == 2 || (verbatim && quotes > 2 && quotes % 2 == 0))
        {
            _at += quotes;
            return;
        }

        var fence = quotes >= 3 && !verbatim ? new string('"', quotes) : "\"";
        var raw = fence.Length > 1;
        _at += fence.Length;
        while (_at < _text.Length)
        {
            if (verbatim && Starts("\"\""))
            {
                Blank(_at + 2);
            }
            else if (!verbatim && !raw && _text[_at] == '\\')
            {
                Blank(_at + 2);
            }
            else if (Starts(fence))
            {
                _at += fence.Length;
                return;
            }
            else if (dollars > 0 && !raw && (Starts("{{") || Starts("}}")))
            {
                Blank(_at + 2);
            }
            else if (dollars > 0 && Starts(new string('{', dollars)))
            {
                Blank(_at + dollars);
                Code(dollars);
            }
            else
            {
                Blank(_at + 1);
            }
        }
    }

    private void Character()
    {
        var end = _text[_at + 1] == '\\' ? _text.IndexOf('\'', _at + 3) : _at + 2;
        _at++;
        Blank(end);
        _at++;
    }

    private bool Starts(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private int End(string word, bool keep)
    {
        var end = _text.IndexOf(word, _at + word.Length, StringComparison.Ordinal);
        return end < 0 ? _text.Length : end + (keep ? 0 : word.Length);
    }

    private void Blank(int end)
    {
        for (; _at < end && _at < _text.Length; _at++)
        {
            _mask[_at] = _text[_at] is '\n' ? '\n' : ' ';
        }
    }
}
