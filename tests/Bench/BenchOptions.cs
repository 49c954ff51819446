using System.Globalization;

namespace AgentGateway.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        Usage: tests/Bench/run [options]

        Measures the gateway against raw YARP, targets interleaved in rounds, and writes tests/Bench/results/<date>.json
        and the table in docs/PERFORMANCE.md. Linux only. Starts a private Postgres and its own servers on free loopback
        ports and stops all of them.

          --seconds N      seconds per target and round (default 5)
          --rounds N       counted rounds; one more warms up (default 5)
          --connections N  connections of the throughput rounds, 2 or more (default 32)
          --quick          one round of one second, a smoke test: prints its numbers and writes nothing
          --help           this text

        Exit code 0: measured. 1: something failed, or a target gave even one wrong answer. 2: bad arguments.
        """;

    public int Seconds { get; init; } = 5;

    public int Rounds { get; init; } = 5;

    public int Connections { get; init; } = 32;

    public int ColdStarts { get; init; } = 5;

    public bool Quick { get; init; }

    /// <summary>As it can be typed again.</summary>
    public string Command => $"tests/Bench/run --seconds {Seconds} --rounds {Rounds} --connections {Connections}";

    /// <returns>Null when the arguments are no good.</returns>
    public static BenchOptions? Read(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        for (var place = 0; place < arguments.Count; place++)
        {
            if (arguments[place] == "--quick")
            {
                options = options with { Quick = true, Seconds = 1, Rounds = 1, ColdStarts = 1 };
                continue;
            }

            if (place + 1 >= arguments.Count
                || !int.TryParse(arguments[place + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value is < 1 or > 3600)
            {
                return null;
            }

            var named = options.With(arguments[place++], value);
            if (named is null)
            {
                return null;
            }

            options = named;
        }

        return options;
    }

    private BenchOptions? With(string name, int value) => name switch
    {
        "--seconds" => this with { Seconds = value },
        "--rounds" => this with { Rounds = value },
        "--connections" when value > 1 => this with { Connections = value },
        _ => null,
    };
}
