using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;

namespace AgentGateway.Canon;

/// <summary>An entry of an application's navigation.</summary>
public sealed record NavLink(string Href, string Text);

/// <summary>A page that says what is wrong: its status, a heading and a sentence with a way out.</summary>
public sealed record Trouble(int Status, string Heading, string Text);

/// <summary>What one application tells Canon about itself.</summary>
public sealed record CanonApp
{
    /// <summary>The application's word in launch tokens and in its cookie: <c>tasker</c>, <c>launcher</c> or <c>console</c>.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>Whose launch tokens sign a person in here; none: <c>/launch</c> refuses everybody.</summary>
    public IReadOnlyList<TrustedIssuer> Trusted { get; init; } = [];

    /// <summary>Where a person lands after signing in; nothing else on this host is a landing place unless it begins with it.</summary>
    public string Home { get; init; } = "/";

    /// <summary>Where a person lands who opens a page without a session.</summary>
    public string SignInPath { get; init; } = "/sign-in";

    /// <summary>The sentence of the sign-in page that says how to get in, or the key of its phrase.</summary>
    public string HowToSignIn { get; init; } = "";

    /// <summary>Where people sign in, when there is such a page.</summary>
    public Uri? SignInAt { get; init; }

    /// <summary>Origins of the applications that this one's forms may be sent to.</summary>
    public IReadOnlyList<Uri> Partners { get; init; } = [];

    /// <summary>What the navigation shows this person.</summary>
    public Func<Visit, IReadOnlyList<NavLink>> Navigation { get; init; } = _ => [];

    /// <summary>What to say about a failure that the application foresees; null: that something went wrong.</summary>
    public Func<Exception, Visit, Trouble?> Explain { get; init; } = (_, _) => null;

    /// <summary>The application's own words, beside Canon's.</summary>
    public Phrasebook Words { get; init; } = Phrasebook.Empty;

    /// <summary>Style sheets and modules of the application, as addresses.</summary>
    public IReadOnlyList<string> Styles { get; init; } = [];

    public IReadOnlyList<string> Modules { get; init; } = [];
}
