using Microsoft.AspNetCore.Http;

namespace AgentGateway.Canon.Serve;

/// <summary>The headers of every page: nothing foreign is loaded, nothing inline runs, nobody frames it.</summary>
public static class PageHeaders
{
    public static void Set(HttpContext http, CanonApp app)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy(app.Partners);
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        headers.XContentTypeOptions = "nosniff";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        // Pages are one person's, and some show a secret once.
        headers.CacheControl = "no-store";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000";
        }
    }

    internal static string Policy(IReadOnlyList<Uri> partners)
    {
        var forms = string.Concat(partners.Select(partner => " " + partner.GetLeftPart(UriPartial.Authority)).Distinct());
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
            + $"base-uri 'none'; form-action 'self'{forms}; frame-ancestors 'none'; require-trusted-types-for 'script'";
    }
}
