using System.Collections;

namespace AgentGateway.Gateway.Configure;

/// <summary>Reads settings from an environment and gathers every problem, so that all are told at once.</summary>
internal sealed class SettingsReader(IReadOnlyDictionary<string, string> environment)
{
    private const int LargestFileBytes = 64 * 1024;

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
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            Report($"{setting.FileName} names a file that does not exist.");
        }
        else if (file.Length > LargestFileBytes)
        {
            Report($"{setting.FileName} names a file above {LargestFileBytes} bytes.");
        }
        else if (EverybodyMayWrite(file))
        {
            Report($"{setting.FileName} names a file that everybody may write; chmod 600 it.");
        }
        else
        {
            return ReadFile(setting, path);
        }

        // Not set would be a second, misleading problem: the default of a secret is never used here.
        return null;
    }

    private static bool EverybodyMayWrite(FileInfo file) => !OperatingSystem.IsWindows()
        && (file.ResolveLinkTarget(returnFinalTarget: true) ?? file).UnixFileMode.HasFlag(UnixFileMode.OtherWrite);

    private string? ReadFile(SettingDefinition setting, string path)
    {
        try
        {
            var text = File.ReadAllText(path).Trim();
            if (text.Length == 0)
            {
                Report($"{setting.FileName} names an empty file.");
            }

            return text.Length == 0 ? null : text;
        }
        catch (UnauthorizedAccessException)
        {
            Report($"{setting.FileName} names a file that may not be read.");
            return null;
        }
    }
}
