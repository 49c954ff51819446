using System.Text;

namespace AgentGateway.Bench.Load;

/// <summary>What one column of the table is measured against.</summary>
internal sealed record Target
{
    public required string Name { get; init; }

    public required int Port { get; init; }

    /// <summary>The process whose CPU time counts.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Whether its children work for it.</summary>
    public bool HasWorkers { get; init; }

    /// <summary>Makes the request of a connection, by the connection's number.</summary>
    public required Func<int, PreparedCall> Prepare { get; init; }

    /// <summary>Text that every good answer holds.</summary>
    public required string Proof { get; init; }

    public byte[] ProofBytes => Encoding.UTF8.GetBytes(Proof);

    public TimeSpan ReadProcessorTime() => HasWorkers ? ProcessClock.ReadFamily(ProcessId) : ProcessClock.Read(ProcessId);
}
