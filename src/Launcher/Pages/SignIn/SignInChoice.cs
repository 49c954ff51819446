using AgentGateway.Launcher.SignIn;

namespace AgentGateway.Launcher.Pages.SignIn;

/// <summary>Whom the sign-in page offers to be; nobody outside of the demonstration.</summary>
public sealed record SignInChoice(IReadOnlyList<SignInPerson> People);
