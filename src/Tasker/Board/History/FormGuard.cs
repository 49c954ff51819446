using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Tasker.Board.History;

/// <summary>Accepts a form only from a page of ours: from our own origin, and with the token that page was given.</summary>
internal sealed class FormGuard(TaskerSettings settings)
{
    private const string Cookie = "tasker_form";
    private const string Field = "token";
    private const int LargestForm = 4096;

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    // Derived, so that any instance and the next start know the tokens that open pages hold.
    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(settings.RawApiKey), 32, info: "tasker board forms"u8.ToArray());

    /// <summary>The token for forms of the page about to be sent; the browser keeps the other half.</summary>
    public string Token(HttpContext http)
    {
        if (Seed(http.Request) is not { } seed)
        {
            seed = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            http.Response.Cookies.Append(Cookie, seed, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = http.Request.IsHttps,
                IsEssential = true,
                Path = "/",
            });
        }

        return Sign(seed);
    }

    /// <summary>The form, or null if it may have come from anywhere else.</summary>
    public async Task<IFormCollection?> ReadAsync(HttpContext http)
    {
        var request = http.Request;
        if (!IsOurs(request) || Seed(request) is not { } seed
            || !request.HasFormContentType || request.ContentLength is not (> 0 and <= LargestForm))
        {
            return null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestForm;
        }

        var form = await request.ReadFormAsync(http.RequestAborted);
        var given = Encoding.UTF8.GetBytes(form[Field].ToString());
        return CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Sign(seed))) ? form : null;
    }

    // The name the page was asked for counts too: a foreign name that points here would otherwise be an origin of its own.
    private bool IsOurs(HttpRequest request)
    {
        var host = request.Host.Host;
        var named = Loopback.Contains(host, StringComparer.OrdinalIgnoreCase)
            || host.Equals(settings.PublicUrl.Host, StringComparison.OrdinalIgnoreCase);
        var origin = request.Headers.Origin.ToString();
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return named
            && Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)
            && site is "" or "same-origin";
    }

    private static string? Seed(HttpRequest request) =>
        request.Cookies[Cookie] is { Length: 64 } seed && seed.All(char.IsAsciiHexDigitLower) ? seed : null;

    private string Sign(string seed) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(seed)));
}
