using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace AgentGateway.Canon.Serve;

/// <summary>An application's words per language: embedded files <c>words/LANGUAGE.json</c>, each one flat object.</summary>
public sealed class Phrasebook
{
    private const string Folder = "words/";
    private const string Source = "en";

    public static readonly Phrasebook Empty = new(new Dictionary<string, FrozenDictionary<string, string>>(StringComparer.Ordinal));

    internal static readonly Phrasebook Canon = Of(typeof(Phrasebook).Assembly);

    private readonly IReadOnlyDictionary<string, FrozenDictionary<string, string>> _languages;

    private Phrasebook(IReadOnlyDictionary<string, FrozenDictionary<string, string>> languages) => _languages = languages;

    public IEnumerable<string> Languages => _languages.Keys;

    public static Phrasebook Of(Assembly assembly) => new(assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
        .ToDictionary(name => Path.GetFileNameWithoutExtension(name[Folder.Length..]), name => Read(assembly, name), StringComparer.Ordinal));

    public IEnumerable<string> Keys(string language) => _languages.TryGetValue(language, out var words) ? words.Keys : [];

    /// <summary>The phrase in this language, else in English, else null.</summary>
    public string? Find(string language, string key) =>
        _languages.TryGetValue(language, out var words) && words.TryGetValue(key, out var phrase) ? phrase
        : language != Source ? Find(Source, key)
        : null;

    private static FrozenDictionary<string, string> Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        return (JsonSerializer.Deserialize<Dictionary<string, string>>(stream)
            ?? throw new InvalidOperationException($"{name} is empty.")).ToFrozenDictionary(StringComparer.Ordinal);
    }
}

/// <summary>The words of one page in the language its reader asked for.</summary>
public sealed class Words(Phrasebook own, string language)
{
    public string Language { get; } = language;

    /// <summary>A missing phrase shows its key, so that a page stands whatever was forgotten.</summary>
    public string this[string key] => own.Find(Language, key) ?? Phrasebook.Canon.Find(Language, key) ?? key;

    public string this[string key, params object[] values] => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>The first language of the browser's list that the application speaks, else English.</summary>
    internal static string Choose(Phrasebook own, string acceptLanguage)
    {
        var spoken = (own.Languages.Any() ? own : Phrasebook.Canon).Languages.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var wish in acceptLanguage.Split(',', 8))
        {
            var language = wish.Split(';')[0].Trim().Split('-')[0];
            if (spoken.TryGetValue(language, out var found))
            {
                return found;
            }
        }

        return "en";
    }
}
