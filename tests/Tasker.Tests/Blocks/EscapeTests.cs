using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Blocks.Runs;
using AgentGateway.Tasker.Blocks.Write;
using CsCheck;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class EscapeTests
{
    private const int Strings = 20_000;
    private const string Seed = "0N0XIzNsQ0O2";

    private static readonly string[] Pieces =
    [
        "\n", "  ", "\t", " \n ", "&amp;", "&#42;", "https://x.y/?a=1&b=2", "- ", "1. ", "# ", "> ", "```", "~~~", "---", "[ ] ",
        "[x](y)", "![i](u)", "**b**", "__", "~~s~~", "<b>", "</p>", "<!--", "| a |", "|---|", "[a]: http://b", "👩‍🚀", "e\u0301",
        "\\\n",
    ];

    // Weighted towards what Markdown interprets, with letters of several scripts, white space and an emoji between.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Char["\\`*_{}[]()<>#+-.!|~&:;='\"/@$%^,?"].Select(unit => unit.ToString()),
        Gen.Char["abcXYZ019 йЖ漢\u00A0\u3000"].Select(unit => unit.ToString()),
        Gen.Int[0, Pieces.Length - 1].Select(index => Pieces[index]))
        .Array[1, 14].Select(string.Concat);

    [Fact]
    public void The_full_escaper_loses_none_of_twenty_thousand_strings_as_the_text_of_a_block() =>
        Text.Sample(text => RoundTripOfBlock(text, Escape.Full(text)) == text, iter: Strings, seed: Seed);

    [Fact]
    public void The_full_escaper_loses_none_of_twenty_thousand_strings_as_a_whole_document() =>
        Text.Where(text => !string.IsNullOrWhiteSpace(text))
            .Sample(text => PlainText(CardText.ToHtml(Escape.Full(text))) == text, iter: Strings, seed: Seed);

    [Fact]
    public void The_targeted_escaper_loses_none_of_twenty_thousand_strings_but_the_white_space_at_line_ends() =>
        Text.Where(text => !string.IsNullOrWhiteSpace(text))
            .Sample(
                text => RoundTripOfBlock(text, InlineMarkdown.Write([new InlineRun(text)], EscapeMode.Targeted)) == Trimmed(text),
                iter: Strings, seed: Seed);

    [Fact]
    public void A_naive_escaper_loses_some_so_the_strings_are_hard_enough()
    {
        var lost = 0;

        Text.Sample(
            text =>
            {
                lost += RoundTripOfBlock(text, Naive(text)) == text ? 0 : 1;
                return true;
            },
            iter: 2_000, seed: Seed, threads: 1);

        Assert.InRange(lost, 100, 1_999);
    }

    private static string Naive(string text) =>
        text.Replace("*", "\\*", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private static string Trimmed(string text) => RunList.PlainText(RunList.Trimmed([new InlineRun(text)]));

    private static string PlainText(string html) => BlockDocument.Parse(html).Texts switch
    {
        [var only] => only.ToPlainText(),
        var blocks => $"{blocks.Count} blocks",
    };

    private static string RoundTripOfBlock(string text, string markdown)
    {
        var paragraphs = MarkdownParser.ParseText(markdown, new HashSet<string>());
        return paragraphs.Count <= 1
            ? RunList.PlainText(RunList.Join(paragraphs))
            : $"{text.Length} characters became {paragraphs.Count} paragraphs";
    }
}
