using System.Diagnostics;

namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>One of the product's servers, running as operators run it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _name;
    private readonly ChildProcess _process;

    private ServerProcess(string name, ChildProcess process)
    {
        _name = name;
        _process = process;
    }

    public string Log => $"--- {_name}\n{_process.Output}{_process.Error}";

    public static ServerProcess Start(string program, IReadOnlyDictionary<string, string> settings) =>
        new(Path.GetFileName(program), ChildProcess.Start(program, ["serve"], settings, Programs.Repository));

    /// <summary>Runs one command of a binary to its end; answers what it printed on its standard output.</summary>
    public static async Task<string> RunAsync(
        string program, IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, settings, Programs.Repository);
        var ended = await process.WaitForExitAsync(Patience);
        var command = $"{Path.GetFileName(program)} {arguments[0]}";
        Assert.True(ended, $"{command} does not end:\n{process.Error}");
        Assert.True(process.ExitCode == 0, $"{command} ended with {process.ExitCode}:\n{process.Output}{process.Error}");
        return process.Output;
    }

    /// <summary>Asks until the answer is 200, or the process has ended, or patience has.</summary>
    public async Task WaitUntilReadyAsync(Uri readiness)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var clock = Stopwatch.StartNew();
        var last = "nothing answered";
        while (clock.Elapsed < Patience)
        {
            Assert.False(_process.HasExited, $"{_name} ended before it was ready.\n{Log}");
            try
            {
                using var response = await client.GetAsync(readiness);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }

                last = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
            }
            catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException)
            {
                last = notYet.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25));
        }

        Assert.Fail($"{_name} was not ready after {Patience.TotalSeconds} s: {last}\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await _process.TerminateAsync();
            await _process.WaitForExitAsync(TimeSpan.FromSeconds(15));
        }

        await _process.DisposeAsync();
    }
}
