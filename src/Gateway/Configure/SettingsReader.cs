using System.Collections;

namespace AgentGateway.Gateway.Configure;

/// <summary>Reads settings from an environment and gathers every problem, so that all are told at once.</summary>
internal sealed class SettingsReader(IReadOnlyDictionary<string, string> environment)
{
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public static Dictionary<string, string> ProcessEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);

    /// <summary>
    /// The parsed value, else <paramref name="missing"/>; a problem is gathered, and the value then means nothing.
    /// </summary>
    public T Read<T>(SettingDefinition<T> setting, bool required, T missing)
    {
        if ((TextOf(setting) ?? setting.Default) is not { } text)
        {
            if (required)
            {
                Report($"{setting.Name} is not set{(setting.Secret ? $" (nor {setting.FileName})" : "")}: {setting.Description}");
            }

            return missing;
        }

        try
        {
            return setting.Parse(text);
        }
        catch (FormatException refusal)
        {
            Report($"{setting.Name} {refusal.Message}.");
            return missing;
        }
    }

    /// <summary>As <see cref="Read{T}"/>, with the file to follow when it came from one.</summary>
    public RotatingSecret ReadRotating(SettingDefinition<IReadOnlyList<Secret>> setting, bool required)
    {
        var file = environment.GetValueOrDefault(setting.FileName);
        return new RotatingSecret(setting, Read(setting, required, []), string.IsNullOrEmpty(file) ? null : file);
    }

    public void Report(string problem) => _problems.Add(problem);

    public void ReportUnknownNames()
    {
        var known = SettingTable.All.Select(setting => setting.Name)
            .Concat(SettingTable.All.Where(setting => setting.Secret).Select(setting => setting.FileName))
            .ToHashSet(StringComparer.Ordinal);
        var unknown = environment.Keys
            .Where(name => SettingTable.Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .Where(name => !known.Contains(name))
            .Order(StringComparer.Ordinal);
        foreach (var name in unknown)
        {
            Report($"{name} is not a setting; gateway --help lists them.");
        }
    }

    private string? TextOf(SettingDefinition setting)
    {
        var value = environment.GetValueOrDefault(setting.Name);
        var file = setting.Secret ? environment.GetValueOrDefault(setting.FileName) : null;
        if (!string.IsNullOrEmpty(value) && !string.IsNullOrEmpty(file))
        {
            Report($"{setting.Name} and {setting.FileName} are both set; keep one.");
        }

        return !string.IsNullOrEmpty(value) ? value.Trim()
            : !string.IsNullOrEmpty(file) ? TextOfFile(setting, file)
            : null;
    }

    private string? TextOfFile(SettingDefinition setting, string path)
    {
        try
        {
            return SecretFile.Read(path);
        }
        catch (FormatException refusal)
        {
            Report($"{setting.FileName} {refusal.Message}.");
            // Not set would be a second, misleading problem: the default of a secret is never used here.
            return null;
        }
    }
}
