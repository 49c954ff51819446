using System.Text.RegularExpressions;
using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>Words that may not be written, each with what to write instead.</summary>
public sealed class WordTests
{
    /// <summary>Looked for in the code: comments and literals may speak of them.</summary>
    private static readonly (string Pattern, string Instead)[] InCode =
    [
        (@"#region\b", "split the file instead of folding it"),
        (@"#pragma\s+warning\s+disable", "mend the cause, or set the rule in .editorconfig with a reason"),
        (@"\basync\s+void\b", "return Task: nobody can await or observe async void"),
        (@"\b(?!Outcome\b|context\b)\w*([Tt]ask|Async\([^()]*\))\.Result\b", "await it"),
        (@"\.GetAwaiter\(\)\s*\.GetResult\(\)", "await it"),
        (@"\bnull!", "make the member required or nullable"),
        (@"\bdynamic\b(?!\s*[=.,;)(:])", "give it a type"),
        (@"\bThread\.Sleep\b", "wait for a condition, or use TimeProvider"),
        (@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(", "write a [LoggerMessage] in the stage's Log.cs"),
        (@"\bLog\.(Verbose|Debug|Information|Warning|Error|Fatal)\(", "write a [LoggerMessage] in the stage's Log.cs"),
        (@"\b(class|record|struct|interface|enum)\s+\w*(Manager|Helper|Service|Processor|Util|Utils|Utilities)\b",
            "name it by what it does in the field's own words"),
    ];

    /// <summary>Looked for in the whole text, comments too.</summary>
    private static readonly (string Pattern, string Instead)[] InText =
    [
        (@"\bTO" + @"DO\b", "do it now or leave it out"),
        (@"\bFIX" + @"ME\b", "fix it now"),
        (@"\bXX" + @"X\b", "say what is wrong, or mend it"),
    ];

    [Fact]
    public void No_banned_word_is_in_the_code() => Verdict.Clean(Repository.Sources.SelectMany(Check));

    [Fact]
    public void No_unfinished_business_is_in_other_text() => Verdict.Clean(Repository.Files
        .Where(path => Path.GetExtension(path) is ".md" or ".sh" or ".sql" or ".js" or ".css" or ".json" or ".yaml" or ".yml")
        .SelectMany(path => Text(path, Repository.Read(path))));

    [Theory]
    [InlineData("#region Parts")]
    [InlineData("#pragma warning disable CA1000")]
    [InlineData("public async void Run()")]
    [InlineData("var text = task.Result;")]
    [InlineData("var text = client.GetAsync(address).Result;")]
    [InlineData("string name = null!;")]
    [InlineData("dynamic thing;")]
    [InlineData("Thread." + "Sleep(1);")]
    [InlineData("logger.LogInformation(\"x\");")]
    [InlineData("Log.Warning(\"x\");")]
    [InlineData("sealed class CardManager;")]
    [InlineData("sealed class StringUtil;")]
    [InlineData("// TO" + "DO later")]
    [InlineData("// FIX" + "ME")]
    public void A_banned_word_is_found(string snippet) => Assert.NotEmpty(Check(Verdict.Snippet(snippet)));

    [Theory]
    [InlineData("// Thread." + "Sleep is banned here")]
    [InlineData("var text = \"#region\";")]
    [InlineData("return outcome.Result;")]
    [InlineData("var text = $\"{Name(\"null!\")} dynamic thing\";")]
    [InlineData("var text = \"\"\"\n  async void \"quoted\" #region\n  \"\"\";")]
    public void An_innocent_text_passes(string snippet) => Assert.Empty(Check(Verdict.Snippet(snippet)));

    private static IEnumerable<string> Check(SourceFile file) => InCode
        .SelectMany(rule => file.Complain(new Regex(rule.Pattern), $"/{rule.Pattern}/: {rule.Instead}."))
        .Concat(Text(file.Path, file.Text));

    private static IEnumerable<string> Text(string path, string text) => InText
        .Where(rule => Regex.IsMatch(text, rule.Pattern))
        .Select(rule => $"{path}: /{rule.Pattern}/: {rule.Instead}.");
}
