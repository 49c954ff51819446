using System.Globalization;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>A card as it lies in its column: the same HTML in the page and in the stream of changes.</summary>
internal static class CardTile
{
    private const int SoonDays = 3;

    public static Markup Render(CardRow card, DateOnly today)
    {
        var agent = SessionBadge.OnTile(card);
        var written = card.Agent is null ? Markup.Empty : Markup.Of($" data-agent");
        return Markup.Of($"""
            <li class="tile" data-card="{card.Id}" data-sort="{card.SortOrder.ToString(CultureInfo.InvariantCulture)}"{written}>
            <div class="tile-top"><span class="key">{card.Name}</span>{Icons.Priority(card.Priority)}{Assignees(card)}</div>
            <h3><a href="/board/{card.Key}/{card.Number}"><bdi>{card.Title}</bdi></a></h3>
            {Labels(card)}
            <div class="tile-foot">{agent}{Due(card, today)}{Counts(card)}</div>
            </li>
            """);
    }

    public static Markup Labels(CardRow card) => card.Labels.Length == 0
        ? Markup.Empty
        : Markup.Of($"""<ul class="labels" aria-label="Labels">{card.Labels.Zip(card.LabelColors).Select(Label)}</ul>""");

    public static Markup Due(CardRow card, DateOnly today)
    {
        if (!DateOnly.TryParseExact(card.Due, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var due))
        {
            return Markup.Empty;
        }

        var closed = card.StateGroup is "completed" or "cancelled";
        var urgency = closed ? "" : due < today ? "late" : due.DayNumber - today.DayNumber <= SoonDays ? "soon" : "";
        var text = due.ToString(due.Year == today.Year ? "d MMM" : "d MMM yyyy", CultureInfo.InvariantCulture);
        var note = urgency == "late" ? "Overdue since" : "Due";
        return Markup.Of($"""
            <span class="due {urgency}" title="{note} {text}">{Icons.Calendar}<span class="hidden">{note} </span><time datetime="{card.Due}">{text}</time></span>
            """);
    }

    public static Markup Assignees(CardRow card) => card.Assignees.Length == 0
        ? Markup.Empty
        : Markup.Of($"""
            <span class="avatars"><span class="hidden">Assigned to {string.Join(", ", card.Assignees)}</span>
            {card.Assignees.Take(3).Select(Layout.Avatar)}</span>
            """);

    private static IEnumerable<Markup> Counts(CardRow card) =>
    [
        Count(Icons.Check, card.Checks, $"{card.Checked}/{card.Checks}", "checklist"),
        Count(Icons.Comment, card.Comments, $"{card.Comments}", "comments"),
        Count(Icons.Link, card.Links, $"{card.Links}", "links"),
    ];

    private static Markup Label((string Name, string Color) label) =>
        Markup.Of($"""<li class="label {Palette.OfColor(label.Color)}"><bdi>{label.Name}</bdi></li>""");

    private static Markup Count(Markup icon, int count, string text, string what) => count == 0
        ? Markup.Empty
        : Markup.Of($"""<span class="count-of" title="{text} {what}">{icon}<span>{text}</span><span class="hidden"> {what}</span></span>""");
}
