using System.Text.RegularExpressions;

namespace AgentGateway.Tidy.Reading;

/// <summary>One C# file with its text, its masked code and the declarations found in it.</summary>
public sealed class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text.ReplaceLineEndings("\n");
        Code = SourceMask.Of(Text);
        Lines = Text.TrimEnd('\n').Split('\n');
        Types = Declarations.Types(this);
    }

    public string Path { get; }

    public string Text { get; }

    /// <summary>The text with comments and literals blanked.</summary>
    public string Code { get; }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<TypeDeclaration> Types { get; }

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    /// <summary>Whether most of a line is text inside a literal.</summary>
    public bool IsMostlyLiteral(int line)
    {
        var text = Lines[line];
        if (text.TrimStart().StartsWith("//", StringComparison.Ordinal))
        {
            return false;
        }

        var code = Code.Split('\n')[line];
        var written = text.Count(letter => letter != ' ');
        return code.Count(letter => letter != ' ') * 2 < written;
    }

    public int LineAt(int position) => Text.AsSpan(0, position).Count('\n') + 1;

    /// <summary>Complaints of the form <c>path:line: what</c> for each match in the code.</summary>
    public IEnumerable<string> Complain(Regex pattern, string what) =>
        pattern.Matches(Code).Select(match => $"{Path}:{LineAt(match.Index)}: {what}");
}
