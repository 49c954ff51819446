using System.Text;
using AgentGateway.Security.Tests.Wire;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>What goes wrong when the chosen frame of the chosen kind passes.</summary>
internal sealed record Fault(string Name, int Points, Func<Frame, bool> At, Func<Strike, Frame, Task<Fate>> Does)
{
    private const string Broken = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /// <summary>At Tasker's wire; else at Postgres's.</summary>
    public bool AtTasker { get; init; }

    public bool AtDatabase { get; init; }

    /// <summary>It hits every replica, so nothing else runs meanwhile.</summary>
    public bool IsGlobal { get; init; }

    /// <summary>The gateway itself is never hindered, so it has no excuse.</summary>
    public bool IsOnlyTheClients { get; init; }

    // As many frames as the calls of one run take together.
    private const int Frames = 200;

    public static readonly Fault Kill = new("kill", Frames, _ => true, (strike, _) =>
    {
        strike.Victim.Kill();
        return Task.FromResult(Fate.Cut);
    })
    {
        AtDatabase = true,
        AtTasker = true,
    };

    /// <summary>The frame passes, but the replica does nothing more until it is thawed.</summary>
    public static readonly Fault Freeze = new("freeze", Frames, _ => true, FreezeAsync)
    {
        AtDatabase = true,
        AtTasker = true,
    };

    /// <summary>Frozen when Tasker has done it and the replica does not know yet.</summary>
    public static readonly Fault FreezeAtAnswer = new("freeze-at-answer", 3, frame => frame.IsAnswer, FreezeAsync) { AtTasker = true };

    public static readonly Fault LateDelivery = Tasker("tasker-late", 1, frame => frame is { Toward: Toward.Server, Kind: 'b' }, Fate.DeliverLate);

    public static readonly Fault ResetAfterCommit = Tasker("tasker-reset-after-commit", 1, frame => frame.IsAnswer, Fate.Cut);

    public static readonly Fault ClientLeaves = new("client-leaves", 1, frame => frame.IsRequest, async (strike, _) =>
    {
        await strike.ClientGone.CancelAsync();
        // Time for the gateway to notice.
        await Task.Delay(100);
        return Fate.Pass;
    })
    {
        AtTasker = true,
        IsOnlyTheClients = true,
    };

    /// <summary>Nothing: the same call comes many times at once instead.</summary>
    public static readonly Fault Duplicates = new("duplicates", 1, _ => false, (_, _) => Task.FromResult(Fate.Pass)) { IsOnlyTheClients = true };

    public static readonly IReadOnlyList<Fault> Local =
    [
        Kill,
        Duplicates,
        ClientLeaves,
        LateDelivery,
        ResetAfterCommit,
        Tasker("tasker-reset-before-read", 1, frame => frame.IsRequest, Fate.Cut),
        Tasker("tasker-cut-body", 1, frame => frame is { Toward: Toward.Client, Kind: 'b' },
            frame => Fate.Replace(frame.Bytes[..(frame.Bytes.Length / 2)])),
        Tasker("tasker-500", 1, frame => frame.IsAnswer, Fate.Replace(Encoding.ASCII.GetBytes(Broken))),
        new("tasker-slow", 1, frame => frame.IsAnswer, async (_, _) =>
        {
            await Task.Delay(1500);
            return Fate.Pass;
        })
        {
            AtTasker = true,
        },
        Database("db-cut-before-commit", 4, frame => frame.IsSync, Fate.Cut),
        Database("db-cut-after-commit", 4, frame => frame.IsSync, Fate.PassThenCut),
        Database("db-cut-answer", 24, frame => frame.Toward == Toward.Client, Fate.Cut),
        new("db-terminate", 24, frame => frame.Toward == Toward.Server, async (strike, _) =>
        {
            await strike.World.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'agent-gateway'");
            return Fate.Pass;
        })
        {
            AtDatabase = true,
        },
    ];

    /// <summary>A request that Tasker has answered and nobody hears of until the gateway has given up.</summary>
    public static readonly Fault Hang = new("tasker-hang", 1, frame => frame.IsAnswer, async (_, _) =>
    {
        await Task.Delay(TimeSpan.FromSeconds(11));
        return Fate.Pass;
    })
    {
        AtTasker = true,
    };

    private static Task<Fate> FreezeAsync(Strike strike, Frame frame)
    {
        strike.Victim.Replica.Process.Freeze();
        strike.Happened.TrySetResult();
        return Task.FromResult(Fate.Pass);
    }

    private static Fault Tasker(string name, int points, Func<Frame, bool> at, Fate fate) => Tasker(name, points, at, _ => fate);

    private static Fault Tasker(string name, int points, Func<Frame, bool> at, Func<Frame, Fate> fate) =>
        new(name, points, at, (_, frame) => Task.FromResult(fate(frame))) { AtTasker = true };

    private static Fault Database(string name, int points, Func<Frame, bool> at, Fate fate) =>
        new(name, points, at, (_, _) => Task.FromResult(fate)) { AtDatabase = true };
}
