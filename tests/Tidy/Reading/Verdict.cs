namespace AgentGateway.Tidy.Reading;

/// <summary>Turns complaints into a failed test that lists all of them.</summary>
public static class Verdict
{
    public static void Clean(IEnumerable<string> complaints)
    {
        var all = complaints.ToList();
        Assert.True(all.Count == 0, $"{all.Count} complaint(s):\n{string.Join('\n', all)}");
    }

    public static SourceFile Snippet(string text, string path = "src/Sample/Sample.cs") => new(path, text);
}
