namespace AgentGateway.Bench.Load;

/// <summary>A target answered anything but the expected success: what was measured would mean nothing.</summary>
internal sealed class LoadException(string message) : Exception(message);
