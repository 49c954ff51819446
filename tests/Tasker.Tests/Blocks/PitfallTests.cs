using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Blocks.Guard;
using static AgentGateway.Tasker.Tests.Blocks.Edits;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class PitfallTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>", "html_tag:script")]
    [InlineData("<img src=x onerror=alert(1)>", "html_tag:img")]
    [InlineData("![x](https://evil/?data)", "image")]
    [InlineData("[x](javascript:alert(1))", "link:javascript")]
    [InlineData("[x](JaVaScRiPt&colon;alert(1))", "link:javascript")]
    [InlineData("[x](//evil)", "link:relative")]
    [InlineData("<vbscript:x>", "link:vbscript")]
    public void What_could_run_or_fetch_becomes_text_and_is_reported(string markdown, string note)
    {
        var result = Done("", Append(markdown));

        Assert.Contains(note, result.Sanitized);
        Assert.DoesNotMatch("<(script|img|a)\\b", result.Html);
    }

    [Fact]
    public void Bare_urls_stay_text() =>
        Assert.DoesNotContain("<a", CardText.ToHtml("see https://x.y/z"), StringComparison.Ordinal);

    [Fact]
    public void Line_breaks_are_kept_as_breaks() => Assert.Contains("a<br>b", CardText.ToHtml("a\nb"), StringComparison.Ordinal);

    [Fact]
    public void A_task_marker_leaves_no_blank_in_the_text() =>
        Assert.Equal("todo", Block(CardText.ToHtml("- [ ]  todo")).Text);

    [Fact]
    public void A_plain_at_name_never_becomes_a_mention() =>
        Assert.DoesNotMatch("mention-component", Done(Mentioning, "", Append("@anna @[Anna](https://x.y)")).Html);

    [Fact]
    public void A_new_mention_needs_the_scope_and_a_member()
    {
        Assert.Matches(">@Anna</p>", Done("", Append("@[Anna](user:anna)")).Html);
        Assert.Matches(">@Bob</p>", Done(Mentioning, "", Append("@[Bob](user:bob)")).Html);
        Assert.Matches("entity_identifier=\"anna-id\"", Done(Mentioning, "", Append("@[Anna](user:anna)")).Html);
        Assert.DoesNotMatch("href", Done(Mentioning, "", Append("[Anna](user:anna) @[B](user:bob)")).Html);
    }

    [Fact]
    public void At_most_five_people_are_mentioned_by_a_call()
    {
        var result = Done(Mentioning, "", Append(string.Concat(Enumerable.Repeat("@[Anna](user:anna) ", 7))));

        Assert.Equal(5, result.Html.Split("</mention-component>").Length - 1);
        Assert.Contains("mention:anna", result.Sanitized);
    }

    // As numbers, because the metadata of a test cannot hold half a pair.
    [Theory]
    [InlineData(0)]
    [InlineData(0xD83D)]
    [InlineData(0xDE00)]
    public void Nul_and_lone_surrogates_are_refused(int unit)
    {
        var text = $"a{(char)unit}b";

        Assert.Equal(BlockCodes.ValidationFailed, Refused("", Append(text)).Code);
        Assert.Throws<ContentRefusedException>(() => CardText.ToHtml(text));
    }

    [Theory]
    [InlineData("a\u200Bb\u202Ec\u2066d\uFEFF", "abcd")]
    [InlineData("x\U000E0041\U000E007Fy", "xy")]
    [InlineData("a\uFE0F b\U000E0100", "a b")]
    [InlineData("a\u001B[31m\u009Bb", "a[31mb")]
    [InlineData("a\u200Db", "ab")]
    [InlineData("👩\u200D🚀 ❤️ 1️⃣ 👋🏽", "👩\u200D🚀 ❤️ 1️⃣ 👋🏽")]
    [InlineData("🏳️\u200D🌈 йод Ж漢", "🏳️\u200D🌈 йод Ж漢")]
    [InlineData("e\u0301 stays as given", "e\u0301 stays as given")]
    [InlineData("a\r\nb\rc", "a\nb\nc")]
    public void Invisible_characters_go_and_emoji_stay_on_input_and_on_reading(string text, string kept)
    {
        Assert.Equal(kept, TextRules.Strip(text));
        Assert.Equal(kept.Replace("\n", " ", StringComparison.Ordinal), CardText.ToPlainText($"<p>{text}</p>"));
        Assert.Equal(kept, CardText.ToPlainText(CardText.ToHtml(text)));
    }

    [Fact]
    public void Entities_cannot_spell_what_the_text_may_not_contain() =>
        Assert.Equal("ab", CardText.ToPlainText(CardText.ToHtml("a&#8203;&#x202E;b")));

    [Theory]
    [InlineData("ndca1_0123456789abcdef")]
    [InlineData("ghp" + "_0123456789abcdef0123456789abcdef0123")]
    [InlineData("AKIA" + "IOSFODNN7EXAMPLE")]
    [InlineData("-----BEGIN OPENSSH" + " PRIVATE KEY-----")]
    [InlineData("gh\u200Bp_0123456789abcdef0123456789abcdef0123")]
    [InlineData("ghp_01234567**89abcdef0123**456789abcdef0123")]
    [InlineData("gh&#112;_0123456789abcdef0123456789abcdef0123")]
    public void Secrets_are_refused_however_they_are_dressed_and_never_repeated(string secret)
    {
        var problem = Refused("", Append($"token: {secret}"));

        Assert.Equal(BlockCodes.ContentRejected, problem.Code);
        Assert.DoesNotContain("0123", problem.ToString(), StringComparison.Ordinal);
        Assert.Throws<ContentRefusedException>(() => CardText.ToHtml(secret));
    }

    [Fact]
    public void Words_that_only_resemble_secrets_pass() =>
        Assert.True(Done("", Append("AKIA is a prefix, ghp_ too, task-force and BEGIN PRIVATE KEY")).IsChanged);

    [Fact]
    public void Sizes_count_code_points_and_not_utf16_units()
    {
        Assert.True(Done("", Append(string.Concat(Enumerable.Repeat("🚀", 8_000)))).IsChanged);
        Assert.Equal(BlockCodes.ValidationFailed, Refused("", Append(new string('a', 8_001))).Code);
        Assert.Equal(BlockCodes.ValidationFailed, Refused("", Append(string.Concat(Enumerable.Repeat("word\n\n", 3_400)))).Code);
    }

    [Fact]
    public void A_card_has_at_most_five_hundred_blocks_and_256_kib()
    {
        var blocks = CardText.ToHtml(string.Join("\n\n", Enumerable.Range(0, 500)));
        var bytes = "<p>" + new string('a', 262_000) + "</p>";

        Assert.Equal(BlockCodes.PayloadTooLarge, Refused(blocks, Append("more")).Code);
        Assert.Equal(BlockCodes.PayloadTooLarge, Refused(bytes, Append(new string('b', 200))).Code);
    }

    [Fact]
    public void A_call_has_at_most_fifty_operations()
    {
        var ops = Enumerable.Repeat(Append("x"), 51).ToArray();

        Assert.Equal(BlockCodes.ValidationFailed, Refused("", ops).Code);
        Assert.Equal(BlockCodes.ValidationFailed, Refused("").Code);
        Assert.True(Done("", ops[..50]).IsChanged);
    }

    [Theory]
    [InlineData('>')]
    [InlineData('[')]
    [InlineData('*')]
    public void Markdown_nested_to_exhaust_the_parser_is_refused(char mark)
    {
        var marks = new string(mark, 9_000);

        Assert.Equal(BlockCodes.ValidationFailed, Refused("", Append($"{marks}a{marks}")).Code);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(20_000)]
    public void A_stored_page_nested_to_exhaust_the_stack_is_one_opaque_block(int depth)
    {
        var deep = string.Concat(Enumerable.Repeat("<div class=x></b>", depth));

        Assert.Equal(BlockTypes.Opaque, Assert.Single(BlockDocument.Parse(deep).Blocks).Type);
        Assert.Equal(BlockCodes.ValidationFailed, Refused(deep, Append("x")).Code);
    }

    [Fact]
    public void A_page_shows_no_script_style_id_or_remote_image()
    {
        var shown = CardText.ToDisplayHtml(
            "<p id=x style=color:red onclick=a()>t<script>1</script><img src=https://e><a href=user:x>u</a></p>"
            + Golden.Read("stored/mention.html"));

        Assert.DoesNotMatch("script|style|onclick|<img|user:x| id=", shown);
        Assert.Contains("mention-component", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_cannot_leave_its_code_block() =>
        Assert.Equal("</code></pre><script>", Block(CardText.ToHtml("```\n</code></pre><script>\n```")).Text);
}
