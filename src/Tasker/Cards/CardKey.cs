using System.Globalization;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Adapter;

namespace AgentGateway.Tasker.Cards;

/// <summary>A card's name, <c>NDC-12</c>.</summary>
internal readonly partial record struct CardKey(string Prefix, int Number)
{
    public override string ToString() => $"{Prefix}-{Number.ToString(CultureInfo.InvariantCulture)}";

    public static CardKey? Parse(string? text) => Form().Match(text?.Trim().ToUpperInvariant() ?? "") is { Success: true } match
        ? new CardKey(match.Groups[1].Value, int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))
        : null;

    public static CardKey FromRoute(HttpContext http) => Parse(http.Request.RouteValues["card"] as string)
        ?? throw Refuse.Card("by that name; cards are named by their key, such as NDC-12");

    [GeneratedRegex("^([A-Z][A-Z0-9]{0,11})-([1-9][0-9]{0,8})$")]
    private static partial Regex Form();
}
