using System.Text.RegularExpressions;
using AgentGateway.Canon.Serve;
using AgentGateway.Support;

namespace AgentGateway.Console.Tests;

/// <summary>No page shows the key of a phrase that nobody wrote, in any language.</summary>
public sealed partial class PhraseTests
{
    private static readonly Phrasebook Console = Phrasebook.Of(typeof(ConsoleSettings).Assembly);

    [Fact]
    public void Every_language_says_everything()
    {
        var english = Console.Keys("en").Order().ToList();

        Assert.Equal(["en", "ru"], Console.Languages.Order());
        Assert.All(Console.Languages, language => Assert.Equal(english, Console.Keys(language).Order()));
    }

    [Fact]
    public void Every_phrase_takes_the_same_values_in_every_language() => Assert.All(Console.Keys("en"), key => Assert.Equal(
        Holes(Console.Find("en", key)), Holes(Console.Find("ru", key))));

    [Fact]
    public void Every_phrase_that_a_page_asks_for_is_there()
    {
        var folder = Repository.At("src", "Console");
        var asked = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".razor" or ".cs")
            .SelectMany(file => Asked().Matches(File.ReadAllText(file)).Select(match => match.Groups["key"].Value))
            .Distinct().ToList();

        Assert.True(asked.Count > 50);
        Assert.All(asked, key => Assert.NotNull(Console.Find("en", key)));
    }

    private static IEnumerable<string> Holes(string? phrase) => Hole().Matches(phrase ?? "").Select(match => match.Value).Distinct().Order();

    [GeneratedRegex(@"\b(?:W|Words|words)\[""(?<key>[a-z_.0-9]*[a-z0-9])""[,\]]")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Hole();
}
