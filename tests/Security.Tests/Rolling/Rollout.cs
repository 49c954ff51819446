using System.Diagnostics;
using AgentGateway.Security.Tests.Faults;
using AgentGateway.Security.Tests.Wire;
using AgentGateway.Support;

namespace AgentGateway.Security.Tests.Rolling;

/// <summary>
/// Three replicas that are replaced one after the other under load. A client that lost its connection, or was told to come
/// again, repeats the same call with the same key on the next replica.
/// </summary>
internal sealed class Rollout(FaultWorld world)
{
    public const int Replicas = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // What does not tell the end of a call: "again" is the answer to it.
    private static readonly string[] Again =
    [
        "connection", "ledger_unavailable", "admission_expired", "overloaded", "upstream_unavailable", "idempotency_in_progress",
        "outcome_unknown",
    ];

    private static readonly Operation[] Operations =
    [
        Operation.Create, Operation.Read, Operation.Comment, Operation.Append, Operation.Local, Operation.Update, Operation.Move,
    ];

    private readonly Victim[] _slots = new Victim[Replicas];
    private readonly int[] _lost = new int[Replicas];
    private volatile bool _isOver;

    /// <summary>Nobody ever told these how they ended.</summary>
    public List<Intent> Unfinished { get; } = [];

    /// <summary>How often a client lost its connection, or got none.</summary>
    public int Lost => _lost.Sum();

    /// <summary>How long each took from its end's beginning until it was gone.</summary>
    public List<TimeSpan> Endings { get; } = [];

    /// <summary>All replicas in turn, as often as asked, and every client's last call to its end.</summary>
    public async Task RunAsync(int rounds, Func<Victim, Task> ending)
    {
        for (var slot = 0; slot < Replicas; slot++)
        {
            _slots[slot] = await world.NextVictimAsync();
        }

        var clients = world.Workers.Select((worker, number) => Task.Run(() => WorkAsync(worker, number))).ToList();
        try
        {
            for (var turn = 0; turn < rounds * Replicas; turn++)
            {
                await ReplaceAsync(turn % Replicas, ending);
            }
        }
        finally
        {
            _isOver = true;
            await Task.WhenAll(clients);
        }

        await world.ReconciledAsync();
    }

    /// <summary>SIGTERM, as every orchestrator does.</summary>
    public static async Task StopAsync(Victim victim)
    {
        victim.Replica.Process.Terminate();
        await victim.Replica.Process.WaitForExitAsync();
    }

    /// <summary>SIGKILL, when Tasker has created something and the replica does not know yet.</summary>
    public static async Task KillAsync(Victim victim)
    {
        ValueTask<Fate> Watch(Frame frame)
        {
            if (!frame.IsAnswer || !frame.Bytes.AsSpan().StartsWith("HTTP/1.1 201"u8))
            {
                return new ValueTask<Fate>(Fate.Pass);
            }

            victim.Kill();
            return new ValueTask<Fate>(Fate.Cut);
        }

        victim.Tasker.Arm(Watch);
        await victim.Replica.Process.WaitForExitAsync();
    }

    // The place stays empty until a client has knocked there in vain.
    private async Task ReplaceAsync(int slot, Func<Victim, Task> ending)
    {
        var clock = Stopwatch.StartNew();
        await ending(_slots[slot]);
        Endings.Add(clock.Elapsed);
        var before = Volatile.Read(ref _lost[slot]);
        var next = world.NextVictimAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref _lost[slot]) > before));
        Volatile.Write(ref _slots[slot], await next);
    }

    private async Task WorkAsync(Worker worker, int number)
    {
        for (var turn = number; !_isOver; turn++)
        {
            var intent = world.NewIntent("rolling", Operations[turn % Operations.Length], worker);
            intent.IsRepeated = true;
            if (!await FinishAsync(intent, turn))
            {
                lock (Unfinished)
                {
                    Unfinished.Add(intent);
                }
            }

            await Task.Delay(Pace);
        }
    }

    private async Task<bool> FinishAsync(Intent intent, int slot)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; slot++)
        {
            var place = slot % Replicas;
            var answer = await world.Callers.TryAsync(intent, Volatile.Read(ref _slots[place]).Replica);
            if (answer.Code is null || !Again.Contains(answer.Code, StringComparer.Ordinal))
            {
                return true;
            }

            if (answer.Code == "connection")
            {
                Interlocked.Increment(ref _lost[place]);
            }

            await Task.Delay(answer.Code == "connection" ? TimeSpan.FromMilliseconds(1) : Pause);
        }

        return false;
    }
}
