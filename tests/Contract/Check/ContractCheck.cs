using System.Diagnostics;

namespace AgentGateway.Contract.Check;

/// <summary>One sentence of the contract and the calls that show whether it is kept.</summary>
internal sealed record ContractCheck(string Id, string Promise, Func<Rig, Task> Act)
{
    public async Task<Finding> RunAsync(Rig rig)
    {
        var start = Stopwatch.GetTimestamp();
        string? trouble = null;
        try
        {
            await Act(rig);
        }
        catch (BrokenPromiseException broken)
        {
            trouble = broken.Message;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or OperationCanceledException)
        {
            trouble = $"No answer: {unreachable.Message}";
        }

        return new Finding(Id, Promise, trouble, Stopwatch.GetElapsedTime(start));
    }
}

/// <summary>What came of a check; without trouble its promise holds.</summary>
internal sealed record Finding(string Id, string Promise, string? Trouble, TimeSpan Took)
{
    public bool Holds => Trouble is null;
}

/// <summary>An answer was not what the contract says; says what it was.</summary>
internal sealed class BrokenPromiseException(string what) : Exception(what);
