namespace AgentGateway.Bench.Report;

/// <summary>What takes long is measured seldom: each part says of which run it is, and is kept until it is measured again.</summary>
internal sealed record LongResults
{
    public HeldMemory? Memory { get; init; }

    public TableGrowth? Table { get; init; }

    public PopulationCost? Population { get; init; }

    public VerifySpeed? Verify { get; init; }

    /// <summary>The parts of this one, and of the other what this one lacks.</summary>
    public LongResults Over(LongResults older) => new()
    {
        Memory = Memory ?? older.Memory,
        Table = Table ?? older.Table,
        Population = Population ?? older.Population,
        Verify = Verify ?? older.Verify,
    };
}

/// <summary>The run a part is of.</summary>
internal sealed record Provenance(string Date, string Commit, bool Modified, string Command);

/// <summary>Resident memory under a steady load.</summary>
/// <param name="SlopePerHour">Megabytes, by least squares over the second half of the samples.</param>
internal sealed record HeldMemory(
    Provenance Of, double Minutes, double CallsPerSecond, double StartMegabytes, double EndMegabytes, double PeakMegabytes,
    double SlopePerHour, IReadOnlyList<double> SamplesMegabytes);

/// <summary>The same calls on audit tables of several sizes, in turns.</summary>
internal sealed record TableGrowth(Provenance Of, IReadOnlyList<TableSize> Sizes, IReadOnlyList<LoadRow> Rows);

/// <summary>How full an audit table was before the first round.</summary>
internal sealed record TableSize(int Asked, long Rows, double Megabytes);

/// <summary>What an authority costs that is not in the cache, and what many of them take.</summary>
internal sealed record PopulationCost(
    Provenance Of, int Agents, int Grants, int Pairs, double MissP50Microseconds, double HitP50Microseconds,
    double AddedP50Microseconds, IReadOnlyList<ResidentRow> Resident);

/// <summary>Resident memory once so many different agents have called.</summary>
internal sealed record ResidentRow(int AgentsSeen, double Megabytes);

/// <summary>How fast the audit is verified.</summary>
internal sealed record VerifySpeed(Provenance Of, long Rows, double Seconds)
{
    public double RowsPerSecond => Rows / Seconds;
}
