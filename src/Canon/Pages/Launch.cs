using AgentGateway.Canon.Serve;

namespace AgentGateway.Canon.Pages;

/// <summary>A signed word on its way to a partner application, which must be among <see cref="CanonApp.Partners"/>.</summary>
public sealed record Launch(string Title, Uri Partner, string Token, string? To = null)
{
    internal string Address => new Uri(Partner, "/launch").AbsoluteUri;

    /// <summary>The page that hands it over: answer the click's POST with it.</summary>
    public PageResult ToPage() => PageResult.Of<LaunchPage>(this);
}
