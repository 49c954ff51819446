using System.Globalization;

namespace AgentGateway.Bench.Load;

/// <summary>CPU time and memory of a process as Linux counts them.</summary>
internal static class ProcessClock
{
    // USER_HZ is 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of the process.</summary>
    public static TimeSpan Read(int process)
    {
        var stat = Fields(process);
        return TimeSpan.FromSeconds((stat[11] + stat[12]) / TicksPerSecond);
    }

    /// <summary>Time of a process, of the children it waited for and of those still running.</summary>
    public static TimeSpan ReadFamily(int parent)
    {
        var stat = Fields(parent);
        var ticks = stat[11] + stat[12] + stat[13] + stat[14];
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process)
                && TryFields(process) is { } child && child[1] == parent)
            {
                ticks += child[11] + child[12];
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>User and system time of all programs of the machine; interrupts, much of them our own traffic, are left out.</summary>
    public static TimeSpan ReadMachine()
    {
        // The line begins: cpu, user, nice, system.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return TimeSpan.FromSeconds(fields[1..4].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <param name="process">The process.</param>
    /// <param name="name"><c>VmRSS</c> (now) or <c>VmHWM</c> (the most it ever was).</param>
    public static double Megabytes(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/status")
            .First(line => line.StartsWith(name + ":", StringComparison.Ordinal));
        var kilobytes = line[(name.Length + 1)..].Trim().Split(' ')[0];
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
    }

    private static long[]? TryFields(int process)
    {
        try
        {
            return Fields(process);
        }
        catch (IOException)
        {
            // It ended between the listing and the reading.
            return null;
        }
    }

    // The name in parentheses may hold anything; index 0 is the state, which is no number.
    private static long[] Fields(int process)
    {
        var stat = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. fields.Take(15).Select(field => long.TryParse(field, out var value) ? value : 0)];
    }
}
