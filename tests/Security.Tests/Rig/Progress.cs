namespace AgentGateway.Security.Tests.Rig;

/// <summary>Says how far a long run is: the runner of tests shows nothing of a test before its end.</summary>
internal static class Progress
{
    private static readonly string? File = Environment.GetEnvironmentVariable("AGENT_GATEWAY_PROGRESS");
    private static readonly Lock Gate = new();

    /// <summary>A line to the file that AGENT_GATEWAY_PROGRESS names, if it names one.</summary>
    public static void Say(string line)
    {
        if (File is { Length: > 0 })
        {
            lock (Gate)
            {
                System.IO.File.AppendAllText(File, line + "\n");
            }
        }
    }
}
