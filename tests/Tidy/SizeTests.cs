using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>Limits on everything a reader has to hold in mind at once.</summary>
public sealed class SizeTests
{
    private const int FileLines = 200;
    private const int ListedFileLines = 300;
    private const int MethodLines = 60;
    // A type promises in one line, and that line may be a full sentence: 130 broke more of them than it helped.
    private const int LineLength = 150;

    // A path of a drawing or a row of HTML, SQL or test data reads no better in two halves.
    private const int LiteralLength = 200;
    private const int ConstructorParameters = 6;
    private const int FolderFiles = 12;

    // Cases as data: a folder of them is a table, and nobody holds a table in mind.
    private static readonly string[] DataFolders = ["tests/Corpus/", "tests/Tasker.Tests/Blocks/golden/"];

    private static readonly IReadOnlyDictionary<string, string> Exceptions = Listed(Repository.Read("tests/Tidy/exceptions.txt"));

    [Fact]
    public void Files_are_short() => Verdict.Clean(Repository.Sources.SelectMany(file => File(file, Exceptions)));

    [Fact]
    public void Every_exception_is_needed_and_says_why() => Verdict.Clean(Exceptions.SelectMany(exception => Needed(
        exception.Key, exception.Value, Repository.Sources.FirstOrDefault(file => file.Path == exception.Key))));

    [Fact]
    public void Methods_are_short() => Verdict.Clean(Repository.Sources.SelectMany(Methods));

    [Fact]
    public void Lines_are_short() => Verdict.Clean(Repository.Sources.SelectMany(Lines));

    [Fact]
    public void Constructors_ask_for_little() => Verdict.Clean(Repository.Sources.SelectMany(Constructors));

    [Fact]
    public void Folders_are_small() => Verdict.Clean(Folders(Repository.Files));

    [Fact]
    public void A_long_file_is_found_until_it_is_listed_and_never_beyond_the_hard_limit()
    {
        var nothing = new Dictionary<string, string>();
        var listed = Listed("src/Sample/Sample.cs: One closed family of messages.");
        var @long = Verdict.Snippet(string.Concat(Enumerable.Repeat("// x\n", 201)));
        var endless = Verdict.Snippet(string.Concat(Enumerable.Repeat("// x\n", 301)));

        Assert.NotEmpty(File(@long, nothing));
        Assert.Empty(File(@long, listed));
        Assert.NotEmpty(File(endless, listed));
        Assert.Empty(File(Verdict.Snippet(string.Concat(Enumerable.Repeat("// x\n", 200))), nothing));
    }

    [Fact]
    public void An_exception_without_use_or_reason_is_found()
    {
        var @short = Verdict.Snippet("// x");
        var @long = Verdict.Snippet(string.Concat(Enumerable.Repeat("// x\n", 201)));

        Assert.NotEmpty(Needed(@short.Path, "One closed family of messages.", @short));
        Assert.NotEmpty(Needed("src/Gone.cs", "One closed family of messages.", null));
        Assert.NotEmpty(Needed(@long.Path, "long", @long));
        Assert.Empty(Needed(@long.Path, "One closed family of messages.", @long));
    }

    [Fact]
    public void A_long_method_is_found_wherever_it_stands()
    {
        var body = string.Concat(Enumerable.Repeat("        Next(\"}\");\n", 60));
        var block = Verdict.Snippet($$"""
            sealed class A
            {
                private static readonly int[] Table = [1, 2];

                public int Short() => 1;

                public async Task<int> LongAsync<T>(string text = "{")
                    where T : class
                {
            {{body}}    }
            }
            """);
        var sum = string.Concat(Enumerable.Repeat("        1 +\n", 60));
        var expression = Verdict.Snippet($"sealed class A\n{{\n    int Long() =>\n{sum}        1;\n}}");

        Assert.Contains("LongAsync", Assert.Single(Methods(block)), StringComparison.Ordinal);
        Assert.Contains("Long", Assert.Single(Methods(expression)), StringComparison.Ordinal);
        Assert.Empty(Methods(Verdict.Snippet($"sealed class A\n{{\n    void B()\n    {{\n{body[..(57 * 19)]}    }}\n}}")));
    }

    [Fact]
    public void A_long_line_is_found() => Assert.Single(Lines(Verdict.Snippet("// a\n//" + new string('x', LineLength - 1))));

    [Theory]
    [InlineData(170, 0)]
    [InlineData(200, 1)]
    public void A_long_literal_has_a_limit_too(int letters, int complaints) =>
        Assert.Equal(complaints, Lines(Verdict.Snippet($"var text = \"{new string('x', letters)}\";")).Count());

    [Theory]
    [InlineData("sealed class A(int a, int b, int c, int d, int e, int f, int g);", 1)]
    [InlineData("sealed class A { A(int a, int b, int c, int d, int e, int f, Func<int, int> g) { } }", 1)]
    [InlineData("sealed class A(int a, int b, int c, int d, int e, Func<int, int> f);", 0)]
    [InlineData("sealed record A(int a, int b, int c, int d, int e, int f, int g);", 0)]
    public void A_greedy_constructor_is_found(string snippet, int complaints) =>
        Assert.Equal(complaints, Constructors(Verdict.Snippet(snippet)).Count());

    [Fact]
    public void A_crowded_folder_is_found()
    {
        var crowd = Enumerable.Range(0, 13).Select(number => $"src/Sample/Part{number}.cs").ToList();

        Assert.Single(Folders(crowd));
        Assert.Empty(Folders(crowd.Skip(1)));
        Assert.Empty(Folders(crowd.Select(path => path.Replace("src/Sample", "config/contracts", StringComparison.Ordinal))));
    }

    private static Dictionary<string, string> Listed(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .ToDictionary(parts => parts[0], parts => parts.Length > 1 ? parts[1] : "", StringComparer.Ordinal);

    private static IEnumerable<string> File(SourceFile file, IReadOnlyDictionary<string, string> exceptions)
    {
        var limit = exceptions.ContainsKey(file.Path) ? ListedFileLines : FileLines;
        return file.Lines.Count <= limit ? [] : [$"{file.Path}: {file.Lines.Count} lines, at most {limit}."];
    }

    private static IEnumerable<string> Needed(string path, string reason, SourceFile? file)
    {
        if (file is null || file.Lines.Count <= FileLines)
        {
            yield return $"{path}: needs no exception any more.";
        }

        if (reason.Split(' ').Length < 4 || !reason.EndsWith('.'))
        {
            yield return $"{path}: its exception needs a sentence that says why.";
        }
    }

    private static IEnumerable<string> Methods(SourceFile file) =>
        from type in file.Types
        from member in type.Members
        where member.Length > MethodLines
        select $"{file.Path}:{member.Line}: {type.Name}.{member.Name} has {member.Length} lines, at most {MethodLines}.";

    private static IEnumerable<string> Lines(SourceFile file) => file.Lines.Index()
        .Where(line => line.Item.Length > LineLength)
        .Where(line => line.Item.Length > LiteralLength || !file.IsMostlyLiteral(line.Index))
        .Select(line => $"{file.Path}:{line.Index + 1}: {line.Item.Length} characters, at most {LineLength}.");

    /// <summary>Records carry data and may be wide; classes that need much do too much.</summary>
    private static IEnumerable<string> Constructors(SourceFile file) =>
        from type in file.Types
        where !type.Kind.StartsWith("record", StringComparison.Ordinal)
        let widest = type.Members.Where(member => member.IsConstructor).Select(member => member.Parameters.Count)
            .Append(type.Parameters.Count).Max()
        where widest > ConstructorParameters
        select $"{file.Path}:{type.Line}: {type.Name} asks for {widest} things, at most {ConstructorParameters}.";

    private static IEnumerable<string> Folders(IEnumerable<string> files) => files
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal))
        .Where(path => !DataFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
        .Where(path => Path.GetExtension(path) != ".csproj" && Path.GetFileName(path) != "packages.lock.json")
        .GroupBy(path => path[..path.LastIndexOf('/')])
        .Where(folder => folder.Count() > FolderFiles)
        .Select(folder => $"{folder.Key}: {folder.Count()} files, at most {FolderFiles}.");
}
