using System.Diagnostics;
using System.Text;

namespace AgentGateway.Console.Review;

/// <summary>What a command of the gateway said: its exit code and both outputs.</summary>
internal sealed record Answer(int ExitCode, string Output, string Errors);

/// <summary>The program did not answer in time or could not be started.</summary>
internal sealed class GatewayProgramException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Asks the gateway's own program, so that a reviewer reads what the gateway itself would say: arguments as a list, never a shell,
/// and nothing in its environment but what the command needs.
/// </summary>
internal sealed class GatewayProgram(ConsoleSettings settings) : IDisposable
{
    public const int Refused = 1;
    private const int LargestOutput = 8 * 1024 * 1024;

    private static readonly string[] Inherited =
        ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "SystemRoot"];

    private readonly SemaphoreSlim _places = new(3);

    /// <param name="arguments">The command and its options.</param>
    /// <param name="patience">After that it is ended.</param>
    /// <param name="onError">Told each line of the error output as it comes.</param>
    /// <param name="cancel">Ends it too.</param>
    public async Task<Answer> AskAsync(
        IReadOnlyList<string> arguments, TimeSpan patience, Action<string>? onError, CancellationToken cancel)
    {
        // Each is a process of its own: a reader in a hurry must not start dozens.
        if (!await _places.WaitAsync(patience, cancel))
        {
            throw new GatewayProgramException("The gateway's program is busy with other questions.");
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(patience);
        try
        {
            using var process = Start(arguments);
            return await FollowAsync(process, onError, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new GatewayProgramException($"The gateway's program took longer than {patience.TotalSeconds:F0} seconds.");
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(settings.GatewayBinary, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        var inherited = Inherited.Select(name => (name, Value: Environment.GetEnvironmentVariable(name))).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited.Where(one => one.Value is not null))
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["NODEDC_AGENT_GATEWAY_DATABASE"] = settings.Database;
        start.Environment["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = settings.ManifestDir;
        start.Environment["NODEDC_AGENT_GATEWAY_REQUIRE_ENTITLEMENT"] = settings.RequiresEntitlement ? "true" : "false";
        try
        {
            return Process.Start(start) ?? throw new GatewayProgramException("The gateway's program did not start.");
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new GatewayProgramException("The gateway's program could not be started.", failure);
        }
    }

    private static async Task<Answer> FollowAsync(Process process, Action<string>? onError, CancellationToken cancel)
    {
        try
        {
            process.StandardInput.Close();
            var output = ReadAsync(process.StandardOutput, null, cancel);
            var errors = ReadAsync(process.StandardError, onError, cancel);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(cancel);
            return new Answer(process.ExitCode, await output, await errors);
        }
        catch (Exception)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            throw;
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, Action<string>? onLine, CancellationToken cancel)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            onLine?.Invoke(line);
            text.Append(line).Append('\n');
            if (text.Length > LargestOutput)
            {
                throw new GatewayProgramException("The gateway's program said too much.");
            }
        }

        return text.ToString();
    }
}
