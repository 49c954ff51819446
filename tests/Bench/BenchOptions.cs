using System.Globalization;

namespace AgentGateway.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const int WideConnections = 256;

    public const string Usage = """
        Usage: tests/Bench/run [options]

        Measures the gateway against raw YARP, nginx and a server of the official SDK, targets interleaved in rounds, and
        writes tests/Bench/results/<date>.json and the table in docs/PERFORMANCE.md. Linux only. Starts a private Postgres
        and its own servers on free loopback ports and stops all of them.

          --seconds N         seconds per target and round (default 5)
          --rounds N          counted rounds; one more warms up (default 5)
          --connections N     connections of the throughput rounds, 2 or more (default 32)
          --wide              besides, rounds with 256 connections

        Measurements that take long, each made only when asked for:

          --memory-minutes N  1,000 calls a second for N minutes: resident memory and its slope
          --table-rows A,B,…  calls on audit tables that hold so many rows already, such as 0,1000000,10000000
          --population        100,000 agents with 1,000,000 grants: what an authority costs that is not in the cache
          --verify            gateway audit verify over 1,000,000 rows of real calls
          --long-only         only these: the rounds are kept from the latest result file

          --quick             a smoke test: one round of one second, what takes long cut to a fiftieth; writes nothing
          --help              this text

        Exit code 0: measured. 1: something failed, or a target gave even one wrong answer. 2: bad arguments.
        """;

    public int Seconds { get; init; } = 5;

    public int Rounds { get; init; } = 5;

    public int Connections { get; init; } = 32;

    public bool Wide { get; init; }

    public int ColdStarts { get; init; } = 5;

    public int MemoryMinutes { get; init; }

    public IReadOnlyList<int> TableRows { get; init; } = [];

    public bool Population { get; init; }

    public bool Verify { get; init; }

    public bool LongOnly { get; init; }

    public bool Quick { get; init; }

    /// <summary>As it was typed, and can be typed again.</summary>
    public string Command { get; init; } = "tests/Bench/run";

    /// <summary>How much of a long measurement is made.</summary>
    public int Part(int whole) => Quick ? Math.Max(1, whole / 50) : whole;

    /// <returns>Null when the arguments are no good.</returns>
    public static BenchOptions? Read(IReadOnlyList<string> arguments)
    {
        BenchOptions? options = new() { Command = string.Join(' ', arguments.Prepend("tests/Bench/run")) };
        for (var place = 0; place < arguments.Count && options is not null; place++)
        {
            options = options.With(arguments[place])
                ?? (place + 1 < arguments.Count ? options.With(arguments[place], arguments[++place]) : null);
        }

        return options;
    }

    private BenchOptions? With(string name) => name switch
    {
        "--wide" => this with { Wide = true },
        "--population" => this with { Population = true },
        "--verify" => this with { Verify = true },
        "--long-only" => this with { LongOnly = true },
        "--quick" => this with { Quick = true, Seconds = 1, Rounds = 1, ColdStarts = 1 },
        _ => null,
    };

    private BenchOptions? With(string name, string text)
    {
        if (name == "--table-rows")
        {
            var sizes = text.Split(',').Select(part => Number(part, 0, 100_000_000)).ToList();
            return sizes.Contains(null) || sizes.Distinct().Count() != sizes.Count
                ? null
                : this with { TableRows = [.. sizes.OfType<int>().Order()] };
        }

        return (name, Number(text, 1, 3600)) switch
        {
            ("--seconds", { } value) => this with { Seconds = value },
            ("--rounds", { } value) => this with { Rounds = value },
            ("--connections", > 1 and { } value) => this with { Connections = value },
            ("--memory-minutes", { } value) => this with { MemoryMinutes = value },
            _ => null,
        };
    }

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : null;
}
