namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>Programs of others, named by the environment; a test that lacks one is skipped aloud.</summary>
internal static class Tool
{
    public const string Codex = "AGENT_GATEWAY_CODEX";
    public const string Node = "AGENT_GATEWAY_NODE";
    public const string Conformance = "AGENT_GATEWAY_CONFORMANCE";

    /// <summary>The path in the variable; skips the test when there is none, fails it when it leads nowhere.</summary>
    public static string Require(string variable)
    {
        var path = Environment.GetEnvironmentVariable(variable);
        Skip.If(
            string.IsNullOrWhiteSpace(path),
            $"NOT TESTED: {variable} is not set. ./test installs the program and sets it; without it nothing here is proved.");
        Assert.True(File.Exists(path) || Directory.Exists(path), $"{variable} names {path}, which does not exist.");
        return path!;
    }
}
