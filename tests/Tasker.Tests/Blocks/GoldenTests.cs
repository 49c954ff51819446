using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Blocks.Tree;
using AgentGateway.Tasker.Blocks.Write;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed partial class GoldenTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly EditContext Context = new()
    {
        MemberById = id => id == "anna-id" ? new CardMember("anna-id", "anna", "Anna") : null,
    };

    public static TheoryData<string> Stored => Files("stored", "*.html");

    public static TheoryData<string> Written => Files("written", "*.md");

    [Theory]
    [MemberData(nameof(Stored))]
    public void Each_node_kind_of_the_editor_reads_as_its_golden_blocks(string name)
    {
        var document = BlockDocument.Parse(Golden.Read($"stored/{name}.html"), Context.MemberById);

        var blocks = string.Join('\n', document.Blocks.Select(block => JsonSerializer.Serialize(block, Json)));

        Golden.Matches($"stored/{name}.blocks", $"{blocks}\n\n{document.Markdown}");
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public void Each_node_kind_of_the_editor_survives_an_append_and_gets_its_missing_ids(string name)
    {
        var result = (EditResult)BlockEditor.Apply(
            Golden.Read($"stored/{name}.html"), [new BlockOp { Op = BlockOps.Append, Markdown = "Appended." }], Context);

        Golden.Matches($"stored/{name}.appended", Lines(Numbered(result.Html)));
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public void The_normal_form_of_each_node_kind_is_stable(string name)
    {
        var once = CardDom.Parse(Golden.Read($"stored/{name}.html")).ToHtml();

        Assert.Equal(once, CardDom.Parse(once).ToHtml());
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Markdown_is_stored_as_its_golden_html(string name)
    {
        var markdown = Golden.Read($"written/{name}.md");
        var notes = new SortedSet<string>(StringComparer.Ordinal);
        _ = MarkdownHtml.Write(markdown, notes);

        var html = CardText.ToHtml(markdown);

        Golden.Matches($"written/{name}.stored", Lines(Numbered(html)) + "\n\nnotes: " + string.Join(", ", notes));
    }

    private static TheoryData<string> Files(string folder, string pattern) => [.. Directory
        .GetFiles(Path.Combine(AppContext.BaseDirectory, "Blocks", "golden", folder), pattern)
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Order(StringComparer.Ordinal)];

    private static string Lines(string html) => Block().Replace(html, "\n$0").TrimStart('\n');

    // Ids the engine made up differ in each run; those of the golden input have the variant 8000 and stay.
    private static string Numbered(string html)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        return Id().Replace(html, match => match.Value.Contains("-4000-8000-", StringComparison.Ordinal)
            ? match.Value
            : ids.TryGetValue(match.Value, out var known) ? known : ids[match.Value] = $"data-id=\"new-{ids.Count + 1}\"");
    }

    [GeneratedRegex("data-id=\"[0-9a-f-]{36}\"")]
    private static partial Regex Id();

    [GeneratedRegex("<(?:h[1-6]|p|ul|ol|li|blockquote|pre|table|tr|div|hr|[a-z]+-component)[ >]")]
    private static partial Regex Block();
}
