using System.Collections;

namespace AgentGateway.Launcher.Configure;

/// <summary>Reads settings from the environment, secrets from files as well, and collects every complaint.</summary>
internal sealed class EnvironmentReader(IDictionary environment, IReadOnlyCollection<string> secrets)
{
    public const string FileSuffix = "_FILE";

    public List<string> Problems { get; } = [];

    // A misspelt name must not silently switch a protection off.
    public void RefuseUnknown(string prefix, IEnumerable<string> names)
    {
        var known = names.Concat(secrets.Select(name => name + FileSuffix)).ToHashSet(StringComparer.Ordinal);
        Problems.AddRange(environment.Keys.OfType<string>()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !known.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} is not a setting of the Launcher."));
    }

    public string Required(string name)
    {
        var before = Problems.Count;
        var value = Value(name);
        if (value is null && Problems.Count == before)
        {
            Problems.Add($"{name} is required{(secrets.Contains(name) ? $" ({name}{FileSuffix} may name a file instead)" : "")}.");
        }

        return value ?? "";
    }

    public string? Value(string name)
    {
        var value = environment[name] as string;
        var file = File(name);
        if (!string.IsNullOrEmpty(value) && file is not null)
        {
            Problems.Add($"{name} and {name}{FileSuffix} are both set.");
        }
        else if (file is not null)
        {
            try
            {
                value = System.IO.File.ReadAllText(file).TrimEnd('\r', '\n');
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                Problems.Add($"{name}{FileSuffix}: {unreadable.Message}");
            }
        }

        return string.IsNullOrWhiteSpace(value) ? null : value;
    }

    public string[] Tokens(string name)
    {
        var text = Required(name);
        var problems = Problems.Count;
        var tokens = TokenText.Split(text, out var problem);
        if (problem is not null && text.Length > 0 && problems == Problems.Count)
        {
            Problems.Add($"{name} {problem}.");
        }

        return tokens;
    }

    /// <summary>An http or https address without anything that does not belong to one; null when it is not set.</summary>
    public Uri? Address(string name, bool required)
    {
        var text = required ? Required(name) : Value(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            Problems.Add($"{name} must be an http or https address without user, query and fragment.");
            return null;
        }

        return address;
    }

    public bool Flag(string name)
    {
        var text = Value(name);
        if (text is not (null or "true" or "false"))
        {
            Problems.Add($"{name} must be true or false.");
        }

        return text == "true";
    }

    /// <summary>The file a secret comes from; null: none does.</summary>
    public string? File(string name) =>
        secrets.Contains(name) && environment[name + FileSuffix] is string { Length: > 0 } file ? file : null;
}
