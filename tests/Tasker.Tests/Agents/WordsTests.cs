using System.Text.RegularExpressions;
using AgentGateway.Canon.Serve;

namespace AgentGateway.Tasker.Tests.Agents;

public sealed partial class WordsTests
{
    private static readonly Phrasebook Words = Phrasebook.Of(typeof(TaskerHost).Assembly);

    [Fact]
    public void Every_language_says_everything_with_the_same_gaps()
    {
        var english = Words.Keys("en").Order(StringComparer.Ordinal).ToList();

        Assert.NotEmpty(english);
        Assert.All(Words.Languages, language =>
        {
            Assert.Equal(english, Words.Keys(language).Order(StringComparer.Ordinal));
            Assert.All(english, key => Assert.Equal(Gaps(Words.Find("en", key)), Gaps(Words.Find(language, key))));
        });
    }

    private static IEnumerable<string> Gaps(string? phrase) => Gap().Matches(phrase ?? "").Select(gap => gap.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Gap();
}
