using System.CommandLine;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary><c>gateway doctor</c>: looks at everything that serving rests on, changes nothing, and says what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var token = new Option<string?>("--agent-token-file") { Description = "Also check the agent token in this file." };
        var command = new Command("doctor", "Check settings, manifest, database, Tasker and listeners; exit code 1 if one fails.")
        {
            json, token,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(json), parsed.GetValue(token), cancel));
        return command;
    }

    private static async Task<int> RunAsync(bool json, string? tokenFile, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        await foreach (var finding in Examination.RunAsync(SettingsReader.ProcessEnvironment(), tokenFile, cancel))
        {
            findings.Add(finding);
            if (!json)
            {
                Console.Out.WriteLine(DoctorReport.Line(finding));
            }
        }

        if (json)
        {
            Console.Out.WriteLine(DoctorReport.Json(findings));
        }

        return findings.Any(finding => finding.Verdict == Verdict.Fail) ? ExitCode.Failed : ExitCode.Ok;
    }
}
