using AgentGateway.Contract.Check;
using AgentGateway.Contract.Checks;
using AgentGateway.Contract.Report;

namespace AgentGateway.Contract;

/// <summary>One run: every check once, one after the other, progress on one output and the result on the other.</summary>
internal static class ContractCommand
{
    private const int SomethingDoesNotHold = 1;
    private const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter progress, CancellationToken cancel)
    {
        if (args is ["--help"] or ["-h"])
        {
            await output.WriteLineAsync(ContractOptions.Usage);
            return 0;
        }

        try
        {
            var options = ContractOptions.Read(args);
            var chosen = AllChecks.For(options).Where(check => check.Id.StartsWith(options.Only, StringComparison.Ordinal)).ToList();
            if (chosen is [])
            {
                throw new UsageException($"No check begins with {options.Only}.");
            }

            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
            {
                BaseAddress = options.Url,
                Timeout = TimeSpan.FromSeconds(30),
            };
            var rig = new Rig(options, http);
            var findings = await CheckAllAsync(chosen, rig, progress, cancel);
            await output.WriteLineAsync(options.Json ? JsonReport.Of(findings, rig.Made) : TableReport.Of(findings, rig.Made));
            return findings.TrueForAll(finding => finding.Holds) ? 0 : SomethingDoesNotHold;
        }
        catch (UsageException wrong)
        {
            await progress.WriteLineAsync($"contract: {wrong.Message}\n\n{ContractOptions.Usage}");
            return BadUsage;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await progress.WriteLineAsync("Stopped.");
            return SomethingDoesNotHold;
        }
    }

    private static async Task<List<Finding>> CheckAllAsync(
        List<ContractCheck> checks, Rig rig, TextWriter progress, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        foreach (var check in checks)
        {
            cancel.ThrowIfCancellationRequested();
            var finding = await check.RunAsync(rig);
            findings.Add(finding);
            await progress.WriteLineAsync($"[{findings.Count}/{checks.Count}] {(finding.Holds ? "holds" : "FAILS")}  {check.Id}");
        }

        return findings;
    }
}
