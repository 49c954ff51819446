using System.Collections.Frozen;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>The words for an agent's mode in the database, on the command line and in answers.</summary>
internal static class AgentModes
{
    private static readonly FrozenDictionary<string, AgentMode> ByWord = new Dictionary<string, AgentMode>
    {
        ["full"] = AgentMode.Full,
        ["reporting"] = AgentMode.Reporting,
        ["read_only"] = AgentMode.ReadOnly,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Words => ByWord.Keys.Order(StringComparer.Ordinal);

    public static bool TryParse(string word, out AgentMode mode) => ByWord.TryGetValue(word, out mode);

    public static AgentMode Parse(string word) => ByWord[word];

    public static string Word(AgentMode mode) => ByWord.Single(pair => pair.Value == mode).Key;
}
