using System.CommandLine;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway settings</c>: the table of settings, without any value.</summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var markdown = new Option<bool>("--markdown") { Description = "As a Markdown table, for the documentation." };
        var command = new Command("settings", "List every setting with its meaning and default; values are never shown.")
        {
            markdown,
        };
        command.SetAction(parsed => Console.Out.Write(parsed.GetValue(markdown) ? SettingsText.Markdown() : SettingsText.Help()));
        return command;
    }
}
