using System.Text;
using System.Text.Json;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>Secrets to be looked for in everything that comes out, in each form in which one could slip through.</summary>
internal sealed class Canaries
{
    private const int Recognisable = 16;

    private readonly List<(string Name, string Form, string Text)> _forms = [];

    public int Count { get; private set; }

    public void Add(string name, string secret)
    {
        Count++;
        var bytes = Encoding.UTF8.GetBytes(secret);
        var base64 = Convert.ToBase64String(bytes);
        foreach (var (form, text) in new[]
        {
            ("raw", secret), ("beginning", secret[..Recognisable]), ("base64", base64),
            ("base64url", base64.TrimEnd('=').Replace('+', '-').Replace('/', '_')), ("hex", Convert.ToHexStringLower(bytes)),
            ("HEX", Convert.ToHexString(bytes)), ("url", Uri.EscapeDataString(secret)), ("json", JsonEncodedText.Encode(secret).Value),
        })
        {
            _forms.Add((name, form, text));
        }
    }

    /// <summary>Which secrets stand in the text, in which form, and what stands before them.</summary>
    public IEnumerable<string> Find(string where, string text) => _forms
        .Select(form => (Form: form, At: text.IndexOf(form.Text, StringComparison.Ordinal)))
        .Where(found => found.At >= 0)
        .Select(found => $"{found.Form.Name} ({found.Form.Form}) in {where}: {text[Math.Max(0, found.At - 200)..found.At]}");

    public IEnumerable<string> Forms => _forms.Select(form => form.Text);
}
