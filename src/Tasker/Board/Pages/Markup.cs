using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>HTML that is safe to send: made from literals, and from values that were encoded on their way in.</summary>
internal readonly record struct Markup
{
    public static readonly Markup Empty = Of($"");

    private readonly string? _html;

    private Markup(string html) => _html = html;

    public static Markup Of(MarkupBuilder html) => new(html.ToString());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part._html)));

    /// <summary>The only other door in: HTML that the sanitiser let through.</summary>
    internal static Markup Sanitised(CleanHtml html) => new(html.Html);

    public override string ToString() => _html ?? "";
}

/// <summary>Encodes every interpolated value; a hole cannot become markup, whatever is in it.</summary>
[InterpolatedStringHandler]
internal readonly struct MarkupBuilder(int literalLength, int holes)
{
    // Letters of every script stay readable; what HTML gives a meaning is always encoded.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder _html = new(literalLength + (holes * 16));

    public void AppendLiteral(string html) => _html.Append(html);

    public void AppendFormatted(string? text) => _html.Append(Encoder.Encode(text ?? ""));

    public void AppendFormatted(long number) => _html.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Guid id) => _html.Append(id.ToString());

    public void AppendFormatted(Markup html) => _html.Append(html.ToString());

    public void AppendFormatted(IEnumerable<Markup> parts) => _html.Append(Markup.Join(parts).ToString());

    public override string ToString() => _html.ToString();
}
