using System.Text.RegularExpressions;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Documents;

/// <summary>One command that a document tells people to type, in the words that the shell would pass on.</summary>
internal sealed partial record DocumentedLine(string Document, string Text, IReadOnlyList<string> Words)
{
    /// <summary>The lines of all blocks that are fenced as <c>sh</c> in the documents that people read first.</summary>
    public static IEnumerable<DocumentedLine> All() =>
        from file in Directory.EnumerateFiles(Repository.At("docs"), "*.md")
            .Concat([Repository.At("README.md"), Repository.At("CONTRIBUTING.md")])
        from line in In(Path.GetFileName(file), File.ReadAllText(file))
        select line;

    public static IEnumerable<DocumentedLine> In(string document, string text) =>
        from Match block in Block().Matches(text)
        from line in block.Groups["lines"].Value.Split('\n')
        let command = Substituted().Match(line) is { Success: true } inner ? inner.Groups["inner"].Value : line
        let words = Ending().Split(command)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(word => Assignment().IsMatch(word)).ToArray()
        where words.Length > 0
        select new DocumentedLine(document, line.Trim(), words);

    [GeneratedRegex(@"^```sh\n(?<lines>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^eval ""\$\((?<inner>[^)]*)\)""")]
    private static partial Regex Substituted();

    /// <summary>Where a command ends: a comment, a pipe, a file.</summary>
    [GeneratedRegex(@"(?:^|\s)[#|>&;]")]
    private static partial Regex Ending();

    [GeneratedRegex(@"^[A-Z_]+=")]
    private static partial Regex Assignment();
}
