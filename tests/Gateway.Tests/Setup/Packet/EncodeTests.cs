using AgentGateway.Gateway.Setup.Packet.Encode;
using CsCheck;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

public sealed class EncodeTests
{
    private static readonly Gen<string> AnyText = Gen.String[0, 40].Select(text => string.Concat(text.EnumerateRunes()))
        .Where(text => !text.Contains('\0', StringComparison.Ordinal));

    [Fact]
    public void The_corpus_has_at_least_500_names() => Assert.True(NaughtyNames.All.Count >= 500);

    [Fact]
    public void Every_name_is_read_back_from_toml() =>
        Assert.DoesNotContain(NaughtyNames.All, name => StrictToml.String(TomlText.BasicString(name)) != name);

    [Fact]
    public void Every_name_is_one_key_of_toml() => Assert.DoesNotContain(NaughtyNames.All, name =>
        StrictToml.Read($"[a.{TomlText.Key(name)}.b]\n").Values.Keys.Single() != $"a\u001f{name}\u001fb");

    [Fact]
    public void Any_text_is_read_back_from_toml() => AnyText.Sample(text => StrictToml.String(TomlText.BasicString(text)) == text);

    [Fact]
    public async Task Every_name_is_one_word_of_a_real_shell()
    {
        Assert.NotEmpty(Shells.Names);
        foreach (var shell in Shells.Names)
        {
            var read = await Shells.WordsAsync(shell, [.. NaughtyNames.All.Select(name => $"x {ShellWord.Of(name)}")]);

            Assert.Equal(NaughtyNames.All, read.Select(words => Assert.Single(words.Skip(1))));
        }
    }

    [Fact]
    public void Every_name_is_the_text_of_a_line_a_code_span_and_a_cell() => Assert.Empty(
        NaughtyNames.All.SelectMany(name => MarkdownShape.Pipelines.SelectMany((pipeline, at) => Misread(name, at))));

    [Fact]
    public void Any_text_is_the_text_of_a_line_a_code_span_and_a_cell() => AnyText.Where(text => text.Length > 0)
        .Sample(text => !Misread(text, 0).Concat(Misread(text, 1)).Any());

    [Fact]
    public void What_cannot_be_seen_is_written_in_letters()
    {
        Assert.Equal("\"a\\u202Eb\\u001B\"", TomlText.BasicString("a\u202eb\e"));
        Assert.Equal("a&#x202E;b&#x1B;", MarkdownText.Code("a\u202eb\e"));
        Assert.Equal("`Анна 😀`", MarkdownText.Code("Анна 😀"));
    }

    [Fact]
    public void What_is_no_text_is_refused_and_never_repaired()
    {
        Assert.All(NaughtyNames.Broken, name =>
        {
            Assert.Throws<ArgumentException>(() => TomlText.BasicString(name));
            Assert.Throws<ArgumentException>(() => ShellWord.Of(name));
            Assert.Throws<ArgumentException>(() => MarkdownText.Inline(name));
            Assert.Throws<ArgumentException>(() => MarkdownText.Code(name));
        });
        Assert.Throws<ArgumentException>(() => ShellWord.Of("a\0b"));
        Assert.Throws<ArgumentException>(() => MarkdownText.Inline("a\0b"));
    }

    [Theory]
    [InlineData("a`b", "`a`b`")]
    [InlineData("a|b", "a|b")]
    [InlineData(" a ", "` a `")]
    [InlineData("*a*", "*a*")]
    public void A_name_that_is_only_put_between_marks_is_noticed(string name, string written)
    {
        var plain = Page("laptop", "laptop");

        Assert.Contains(MarkdownShape.Pipelines, pipeline =>
            MarkdownShape.Of(Page(name, written), pipeline) is var read
            && (read.Structure != MarkdownShape.Of(plain, pipeline).Structure
                || !read.Leaves.Contains($"Name: {name}") || !read.Cells.Contains(name)));
    }

    private static string Page(string name, string line, string? cell = null) =>
        $"# Title\n\n- Name: {line}\n- Next\n\n| key | name |\n|---|---|\n| NDC | {cell ?? line} |\n| OPS | b |\n\nEnd of {name.Length} characters.\n";

    private static IEnumerable<string> Misread(string name, int pipeline)
    {
        var expected = MarkdownShape.Of(Page("x", "laptop"), MarkdownShape.Pipelines[pipeline]);
        foreach (var encode in (Func<string, string>[])[MarkdownText.Inline, MarkdownText.Code])
        {
            var read = MarkdownShape.Of(Page(name, encode(name), MarkdownText.Cell(name)), MarkdownShape.Pipelines[pipeline]);
            if (read.Structure != expected.Structure || !read.Leaves.Contains($"Name: {name}") || !read.Cells.Contains(name))
            {
                yield return $"{pipeline}: {encode(name)} for {Uri.EscapeDataString(name)}: {string.Join(" / ", read.Leaves)}";
            }
        }
    }
}
