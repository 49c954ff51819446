using AgentGateway.Canon.SignIn;

namespace AgentGateway.Canon.Layout;

/// <summary>What a change says for itself on the next page, once.</summary>
public sealed record ToastMessage(string Text, string Tone = "good")
{
    private const string Name = "toast";

    public void Leave(BrowserSession session) => session.Keep(Name, this);

    internal static ToastMessage? Take(BrowserSession? session) => session?.Take<ToastMessage>(Name);
}
