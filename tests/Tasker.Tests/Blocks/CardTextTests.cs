using AgentGateway.Tasker.Blocks;

namespace AgentGateway.Tasker.Tests.Blocks;

public sealed class CardTextTests
{
    [Fact]
    public void Markdown_becomes_html_and_reads_back_as_the_same_markdown()
    {
        const string Markdown = """
            ## Goal — «Тест» ✅

            Hello **bold** & [link](https://x.y/?a=1&b=2) ~~gone~~ `a<b`
            second line

            - [x] done
            - [ ] todo
                - nested `x`

            > quote one

            ```csharp
            var x = a < b;
            ```

            | a | b |
            | --- | --- |
            | 1 | **2** |

            ---
            """;

        var html = CardText.ToHtml(Markdown);

        Assert.Equal(Markdown, CardText.ToMarkdown(html));
        Assert.Equal((1, 2), CardText.Progress(html));
        Assert.StartsWith("Goal — «Тест» ✅\nHello bold & link gone a<b\nsecond line\ndone\n", CardText.ToPlainText(html),
            StringComparison.Ordinal);
    }
}
