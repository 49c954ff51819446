namespace AgentGateway.Gateway.Authenticate;

/// <summary>What holds for an owner of whom the Launcher has said nothing, or nothing for too long.</summary>
/// <param name="Required">Whether an owner of whom it has said nothing is refused.</param>
/// <param name="Ask">Asks the Launcher now; null: there is none to ask.</param>
internal sealed record EntitlementRule(bool Required, Func<string, Task>? Ask);
