using AgentGateway.Tasker.Board.Pages;

namespace AgentGateway.Tasker.Tests.Board;

public sealed class MarkupTests
{
    [Theory]
    [InlineData("<b>", "&lt;b&gt;")]
    [InlineData("a\"b'c", "a&quot;b&#x27;c")]
    [InlineData("Тест ✅", "Тест ✅")]
    [InlineData(null, "")]
    public void A_value_is_encoded_on_its_way_in(string? value, string expected) =>
        Assert.Equal(expected, Markup.Of($"{value}").ToString());

    [Fact]
    public void Markup_in_markup_is_not_encoded_twice() =>
        Assert.Equal("<p><b>&amp;</b></p>", Markup.Of($"<p>{Markup.Of($"<b>{"&"}</b>")}</p>").ToString());

    [Theory]
    [InlineData("<p>ok</p>", "<p>ok</p>")]
    [InlineData("<p>a<script>b</script>c</p>", "<p>ac</p>")]
    [InlineData("<custom-thing>kept text</custom-thing>", "kept text")]
    [InlineData("<p style=\"color:red\" class=\"x\" id=\"main\" onclick=\"x\">a</p>", "<p>a</p>")]
    [InlineData("<form action=\"/x\"><button>a</button></form>", "a")]
    public void Card_text_keeps_words_and_loses_power(string html, string expected) =>
        Assert.Equal(expected, Markup.Sanitised(CleanHtml.From(html)).ToString());

    [Theory]
    [InlineData("#ff0000", "hue-0")]
    [InlineData("#00ff00", "hue-4")]
    [InlineData("#0000ff", "hue-8")]
    [InlineData("#60646c", "hue-grey")]
    [InlineData("red;background:url(x)", "hue-grey")]
    [InlineData("", "hue-grey")]
    public void A_stored_colour_becomes_a_class(string color, string expected) => Assert.Equal(expected, Palette.OfColor(color));

    [Theory]
    [InlineData("Anna Petrova", "AP")]
    [InlineData("Мария Иванова", "МИ")]
    [InlineData("", "")]
    public void Initials_are_taken_by_letters_people_see(string name, string expected) =>
        Assert.Equal(expected, Palette.Initials(name));
}
