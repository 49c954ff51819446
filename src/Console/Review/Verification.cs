using System.Text.Json;

namespace AgentGateway.Console.Review;

/// <summary>Has the gateway verify the audit with the public keys alone, one verification at a time for everybody.</summary>
internal sealed class Verification(
    ConsoleSettings settings, GatewayProgram gateway, TimeProvider clock, IHostApplicationLifetime life, ILogger<Verification> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private VerifyState? _state;

    public bool IsPossible => settings.CheckpointKeys.Count > 0;

    public VerifyState? State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>False: one is running already, and its result is everybody's.</summary>
    public bool TryStart(string startedBy)
    {
        lock (_gate)
        {
            if (!IsPossible || _state is { IsRunning: true })
            {
                return false;
            }

            _state = new VerifyState(clock.GetUtcNow(), startedBy, "", IsRunning: true, null, null);
        }

        // Nobody waits for it: pages ask how far it is, and it ends with the process.
        _ = Task.Run(RunAsync, CancellationToken.None);
        return true;
    }

    private async Task RunAsync()
    {
        try
        {
            var arguments = new List<string> { "audit", "verify", "--json" };
            arguments.AddRange(settings.CheckpointKeys.Select(key => $"--public-key={key}"));
            arguments.AddRange(settings.CheckpointFile is { } file ? [$"--checkpoints={file}"] : []);
            var answer = await gateway.AskAsync(
                arguments, Patience, line => Set(state => state with { Progress = line }), life.ApplicationStopping);
            var report = answer.Output.StartsWith('{')
                ? JsonSerializer.Deserialize(answer.Output, ReviewJson.Default.VerifyReport)
                : null;
            Set(state => state with { IsRunning = false, Report = report, Fault = report is null ? answer.Errors.Trim() : null });
        }
        catch (Exception failure) when (failure is GatewayProgramException or JsonException or OperationCanceledException)
        {
            log.VerificationFailed(failure);
            Set(state => state with { IsRunning = false, Fault = failure.Message });
        }
    }

    private void Set(Func<VerifyState, VerifyState> change)
    {
        lock (_gate)
        {
            _state = _state is null ? null : change(_state);
        }
    }
}
