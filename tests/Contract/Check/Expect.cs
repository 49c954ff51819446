namespace AgentGateway.Contract.Check;

/// <summary>Words for what an answer must be; each says what it was instead.</summary>
internal static class Expect
{
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new BrokenPromiseException(otherwise);
        }
    }

    public static void Same(string expected, string found, string what) =>
        That(expected == found, $"{what}: expected {Short(expected)}, found {Short(found)}.");

    public static string Short(string text) => text.Length <= 160 ? text : text[..160] + "…";
}
