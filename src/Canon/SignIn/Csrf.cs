using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Canon.SignIn;

/// <summary>Tells a form of our own page from anybody else's.</summary>
public static class Csrf
{
    public const string Field = "csrf";
    public const string Header = "X-CSRF";
    public const int LargestForm = 256 * 1024;

    /// <summary>Whether the request carries the session's token and no sign of another origin.</summary>
    public static async Task<bool> IsOursAsync(HttpContext http, BrowserSession session)
    {
        if (!IsSameOrigin(http.Request))
        {
            return false;
        }

        var given = http.Request.Headers[Header] is [{ } header] ? header : await FieldAsync(http);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(session.Csrf));
    }

    /// <summary>Nothing that the browser says about the request speaks of another origin.</summary>
    public static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        // Without a referrer a browser sends the origin "null" with our own forms too, so it says nothing beside the site.
        var isForeign = origin is not ("" or "null")
            && !origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
        return !isForeign && site is ("" or "same-origin");
    }

    private static async Task<string> FieldAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return "";
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestForm;
        }

        try
        {
            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            return form[Field] is [{ } token] ? token : "";
        }
        catch (Exception unreadable) when (unreadable is BadHttpRequestException or InvalidDataException or IOException)
        {
            return "";
        }
    }
}
