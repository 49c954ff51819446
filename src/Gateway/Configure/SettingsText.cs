using System.Text;

namespace AgentGateway.Gateway.Configure;

/// <summary>The table of settings as text: for <c>--help</c>, and as Markdown for the documentation.</summary>
internal static class SettingsText
{
    public static string Help()
    {
        var text = new StringBuilder("Settings (environment variables):\n");
        foreach (var setting in SettingTable.All)
        {
            text.Append("  ").Append(setting.Name).Append("  ").Append(Note(setting)).Append('\n')
                .Append("      ").Append(setting.Description).Append('\n');
        }

        text.Append("  A secret may be read from a file instead: set its name with _FILE to the file's path.\n");
        return text.ToString();
    }

    public static string Markdown()
    {
        var text = new StringBuilder("| setting | | meaning |\n|---|---|---|\n");
        foreach (var setting in SettingTable.All)
        {
            text.Append("| `").Append(setting.Name).Append("` | ").Append(Note(setting)).Append(" | ")
                .Append(setting.Description.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Note(SettingDefinition setting) => string.Join(", ", new[]
    {
        setting.Secret ? "secret" : null,
        setting.Required ? "required" : setting.Default is { Length: > 0 } ? $"default {setting.Default}" : "optional",
    }.OfType<string>());
}
