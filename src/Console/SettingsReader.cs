using System.Collections;

namespace AgentGateway.Console;

/// <summary>Reads settings by name and collects every complaint; a secret may be in a file that NAME_FILE names.</summary>
internal sealed class SettingsReader(IDictionary environment)
{
    private const string FileSuffix = "_FILE";

    public List<string> Problems { get; } = [];

    public string? Text(string name) => environment[name] is string { Length: > 0 } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    public string Required(string name)
    {
        if (Text(name) is { } text)
        {
            return text;
        }

        Problems.Add($"{name} is required.");
        return "";
    }

    public string Secret(string name)
    {
        var (value, file) = (Text(name), Text(name + FileSuffix));
        if (value is not null && file is not null)
        {
            Problems.Add($"{name} and {name}{FileSuffix} are both set.");
        }
        else if (value is null && file is null)
        {
            Problems.Add($"{name} is required ({name}{FileSuffix} may name a file instead).");
        }
        else if (file is not null)
        {
            return Read(name + FileSuffix, file);
        }

        return value ?? "";
    }

    /// <summary>Paths separated by commas; each must be a file that is there.</summary>
    public IReadOnlyList<string> Files(string name)
    {
        var files = (Text(name) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Problems.AddRange(files.Where(file => !File.Exists(file)).Select(file => $"{name}: {file} does not exist."));
        return files;
    }

    public string? Folder(string name, string path)
    {
        if (path.Length > 0 && !File.Exists(Path.Combine(path, "manifest.json")))
        {
            Problems.Add($"{name}: there is no manifest.json in {path}.");
        }

        return path;
    }

    public Uri? Address(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0)
        {
            return address;
        }

        Problems.Add($"{name} must be an http or https address without a user.");
        return null;
    }

    /// <summary>A misspelt name must not silently switch a protection off.</summary>
    public void RefuseUnknown(string prefix, IEnumerable<string> known)
    {
        var names = known.ToHashSet(StringComparer.Ordinal);
        Problems.AddRange(environment.Keys.OfType<string>()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !names.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} is not a setting of the console."));
    }

    private string Read(string setting, string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            Problems.Add($"{setting}: {unreadable.Message}");
            return "";
        }
    }
}
