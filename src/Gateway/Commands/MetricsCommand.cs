using System.CommandLine;
using AgentGateway.Gateway.Observe;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway metrics</c>: everything that is measured, as the documentation's Markdown table.</summary>
internal static class MetricsCommand
{
    public static Command Create()
    {
        var command = new Command("metrics", "List every metric with its labels and meaning, as a Markdown table.");
        command.SetAction(_ => Console.Out.Write(MeasureTable.Markdown()));
        return command;
    }
}
