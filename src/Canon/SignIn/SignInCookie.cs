using Microsoft.AspNetCore.Http;

namespace AgentGateway.Canon.SignIn;

/// <summary>Carries the session's secret in a cookie that scripts, other hosts and plain addresses never see.</summary>
public sealed class SignInCookie(CanonApp app, BrowserSessions sessions)
{
    // Cookies do not tell ports apart, so each application has a name of its own.
    public string Name => $"__Host-{app.Id}-sid";

    public BrowserSession? Find(HttpContext http) => sessions.Find(http.Request.Cookies[Name]);

    /// <summary>Signs in under a new secret; one that the browser had before opens nothing any more.</summary>
    public void Open(HttpContext http, Person person)
    {
        sessions.Close(http.Request.Cookies[Name]);
        http.Response.Cookies.Append(Name, sessions.Open(person), Attributes());
    }

    public void Close(HttpContext http)
    {
        sessions.Close(http.Request.Cookies[Name]);
        http.Response.Cookies.Delete(Name, Attributes());
    }

    private static CookieOptions Attributes() =>
        new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };
}
