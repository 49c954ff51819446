using AgentGateway.Canon.SignIn;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Canon.Serve;

/// <summary>One request of one person: what every page knows without being told.</summary>
public sealed class Visit
{
    private Visit(HttpContext http, CanonApp app, BrowserSession? session)
    {
        App = app;
        Session = session;
        Path = http.Request.Path.Value ?? "/";
        Words = new Words(app.Words, Serve.Words.Choose(app.Words, http.Request.Headers.AcceptLanguage.ToString()));
        Now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
    }

    public CanonApp App { get; }

    public BrowserSession? Session { get; }

    public string Path { get; }

    public Words Words { get; }

    public DateTimeOffset Now { get; }

    /// <summary>Who is signed in. Throws where nobody need be: ask <see cref="Session"/> there.</summary>
    public Person Person => Session?.Person ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>Whether this person may get a token shown: see <see cref="PageGate.OnlyWhenFresh"/>.</summary>
    public bool IsFresh => Session?.IsFresh(Now) is true;

    public static Visit Of(HttpContext http)
    {
        if (http.Features.Get<Visit>() is { } known)
        {
            return known;
        }

        var services = http.RequestServices;
        var visit = new Visit(http, services.GetRequiredService<CanonApp>(), services.GetRequiredService<SignInCookie>().Find(http));
        http.Features.Set(visit);
        return visit;
    }
}
