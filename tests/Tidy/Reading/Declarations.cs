using System.Text.RegularExpressions;

namespace AgentGateway.Tidy.Reading;

/// <summary>Finds declarations in masked code; enough of C#'s grammar for these rules, no more.</summary>
public static partial class Declarations
{
    private const int Near = 400;

    public static IReadOnlyList<TypeDeclaration> Types(SourceFile file) =>
        [.. TypePattern().Matches(file.Code).Select(match => Type(file, match))];

    private static TypeDeclaration Type(SourceFile file, Match match)
    {
        var code = file.Code;
        var at = match.Index + match.Length;
        at = Skip(code, at, '<', '>');
        var (parameters, afterParameters) = Parameters(code, at);
        var body = code.IndexOfAny(['{', ';'], afterParameters);
        body = body < 0 ? code.Length : body;
        var header = code[afterParameters..body];
        var colon = header.IndexOf(':', StringComparison.Ordinal);
        var name = match.Groups["name"].Value;
        return new TypeDeclaration
        {
            Kind = match.Groups["kind"].Value.Trim(),
            Name = name,
            Modifiers = match.Groups["modifiers"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            Parameters = parameters,
            Bases = colon < 0 ? [] : [.. BasePattern().Matches(header[colon..]).Select(found => found.Value)],
            HasSummary = Preceding(file, match.Index).Contains("<summary>", StringComparison.Ordinal),
            IsNested = Depth(code, match.Index) > 0,
            Line = file.LineAt(match.Index),
            Members = body < code.Length && code[body] == '{' ? [.. Members(file, body + 1, name)] : [],
        };
    }

    private static IEnumerable<MemberDeclaration> Members(SourceFile file, int start, string type)
    {
        var code = file.Code;
        var end = Close(code, start, '{', '}');
        var at = start;
        while (at < end)
        {
            while (at < end && char.IsWhiteSpace(code[at]))
            {
                at++;
            }

            var close = MemberEnd(code, at, end);
            var text = code[at..close];
            if (!TypePattern().IsMatch(text.Split('{', '(')[0]) && MemberPattern().Match(text) is { Success: true } match)
            {
                var name = match.Groups["name"].Value;
                var open = match.Groups["open"];
                var parameters = open.Success ? Parameters(code, at + open.Index).Names : [];
                var length = file.LineAt(Math.Max(at, close - 1)) - file.LineAt(at) + 1;
                yield return new MemberDeclaration(name, name == type && open.Success, parameters, file.LineAt(at), length);
            }

            at = close;
        }
    }

    /// <summary>A member ends with the semicolon or the closing brace on its own level.</summary>
    private static int MemberEnd(string code, int at, int end)
    {
        var depth = 0;
        for (; at < end; at++)
        {
            depth += code[at] switch { '{' or '(' or '[' => 1, '}' or ')' or ']' => -1, _ => 0 };
            if (depth == 0 && (code[at] == ';' || (code[at] == '}' && !Continues(code, at + 1, end))))
            {
                return at + 1;
            }
        }

        return end;
    }

    private static bool Continues(string code, int at, int end) =>
        ContinuesPattern().IsMatch(code.AsSpan(at, Math.Min(Near, end - at)));

    private static (IReadOnlyList<string> Names, int End) Parameters(string code, int at)
    {
        while (at < code.Length && char.IsWhiteSpace(code[at]))
        {
            at++;
        }

        if (at >= code.Length || code[at] != '(')
        {
            return ([], at);
        }

        var close = Close(code, at + 1, '(', ')');
        List<string> parts = [];
        var (depth, from) = (0, at + 1);
        for (var next = at + 1; next < close; next++)
        {
            depth += code[next] switch { '(' or '<' or '[' or '{' => 1, ')' or '>' or ']' or '}' => -1, _ => 0 };
            if (depth == 0 && code[next] == ',')
            {
                parts.Add(code[from..next].Trim());
                from = next + 1;
            }
        }

        parts.Add(code[from..close].Trim());
        return ([.. parts.Where(part => part.Length > 0)], Math.Min(close + 1, code.Length));
    }

    private static int Close(string code, int at, char open, char close)
    {
        for (var depth = 1; at < code.Length; at++)
        {
            depth += code[at] == open ? 1 : code[at] == close ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return code.Length;
    }

    private static int Skip(string code, int at, char open, char close) =>
        at < code.Length && code[at] == open ? Close(code, at + 1, open, close) + 1 : at;

    private static int Depth(string code, int at)
    {
        var before = code.AsSpan(0, at);
        return before.Count('{') - before.Count('}');
    }

    private static bool EndsDeclaration(char last) => last is ';' or '{' or '}';

    /// <summary>The comment and attribute lines right above a position.</summary>
    private static string Preceding(SourceFile file, int position)
    {
        var line = file.LineAt(position) - 2;
        var last = line;
        while (line >= 0 && file.Lines[line].Trim() is { Length: > 0 } text && (text[0] == '/' || !EndsDeclaration(text[^1])))
        {
            line--;
        }

        return string.Join('\n', file.Lines.Skip(line + 1).Take(last - line));
    }

    [GeneratedRegex(
        "(?<=^[ \\t]*)" +
        "(?<modifiers>(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|file|ref|unsafe) +)*)" +
        @"(?<kind>class|struct|interface|enum|record struct|record class|record) +(?<name>[A-Za-z_]\w*)",
        RegexOptions.Multiline)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"\b[A-Za-z_][\w.]*")]
    private static partial Regex BasePattern();

    [GeneratedRegex(@"^(?:\[[^\]]*\]\s*)*[^=(){};]*?(?:\([^()]*\)\??[^=(){};]*?)?" +
        @"(?!(?:static|async|public|private|internal|protected|override|virtual|new)\b)\b(?<name>[A-Za-z_][\w.]*)" +
        @"(?:<[^()<>]*>)?\s*(?:(?<open>\()|=>|\{)")]
    private static partial Regex MemberPattern();

    [GeneratedRegex(@"^\s*(=|;|\.|\)|,|\?)")]
    private static partial Regex ContinuesPattern();
}
