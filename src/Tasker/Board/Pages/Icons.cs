namespace AgentGateway.Tasker.Board.Pages;

/// <summary>The few drawings the pages use, as SVG that takes the colour of its text.</summary>
internal static class Icons
{
    public static readonly Markup Agent = Of("""<rect x="3" y="6" width="10" height="7" rx="2.2"/><path d="M8 6V3.2M6 9.4v.6M10 9.4v.6"/><circle cx="8" cy="2.4" r=".8"/>""");
    public static readonly Markup Comment = Of("""<path d="M2.5 4.5a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H7l-3 3v-3a1.6 1.6 0 0 1-1.5-1.7z"/>""");
    public static readonly Markup Link = Of("""<path d="M6.5 9.5l3-3M7 4.8l1-1a2.9 2.9 0 0 1 4.2 4.2l-1 1M9 11.2l-1 1A2.9 2.9 0 0 1 3.8 8l1-1"/>""");
    public static readonly Markup Check = Of("""<rect x="2.5" y="2.5" width="11" height="11" rx="2.5"/><path d="M5.2 8.200l2 2 3.8-4.2"/>""");
    public static readonly Markup Calendar = Of("""<rect x="2.5" y="3.5" width="11" height="10" rx="2"/><path d="M2.5 6.800h11M5.5 2v2.500M10.5 2v2.5"/>""");
    public static readonly Markup Theme = Of("""<circle cx="8" cy="8" r="5.5"/><path d="M8 2.500v11a5.5 5.5 0 0 0 0-11z" fill="currentColor"/>""");
    public static readonly Markup Search = Of("""<circle cx="7" cy="7" r="4.2"/><path d="M10.2 10.200L13.5 13.5"/>""");
    public static readonly Markup Close = Of("""<path d="M4 4l8 8M12 4l-8 8"/>""");
    public static readonly Markup Back = Of("""<path d="M9.5 3.500L5 8l4.5 4.5"/>""");

    public static Markup State(string group) => group switch
    {
        "backlog" => Of("""<circle cx="8" cy="8" r="5.5" stroke-dasharray="2.2 2.1"/>"""),
        "unstarted" => Of("""<circle cx="8" cy="8" r="5.5"/>"""),
        "started" => Of("""<circle cx="8" cy="8" r="5.5"/><path d="M8 5.200a2.8 2.8 0 0 1 0 5.600z" fill="currentColor"/>"""),
        "completed" => Of("""<circle cx="8" cy="8" r="5.5" fill="currentColor"/><path class="cut" d="M5.6 8.200l1.7 1.7 3.1-3.5"/>"""),
        _ => Of("""<circle cx="8" cy="8" r="5.5"/><path d="M6 6l4 4M10 6l-4 4"/>"""),
    };

    public static Markup Priority(string priority)
    {
        var filled = priority switch { "urgent" => 4, "high" => 3, "medium" => 2, "low" => 1, _ => 0 };
        var bars = Enumerable.Range(1, 3).Select(bar => Bar(bar <= filled));
        return Markup.Of($"""
            <span class="priority priority-{priority}" title="Priority: {priority}"><span class="bars" aria-hidden="true">{bars}</span>
            <span class="hidden">Priority {priority}</span></span>
            """);
    }

    private static Markup Bar(bool filled) => filled ? Markup.Of($"<i class=\"on\"></i>") : Markup.Of($"<i></i>");

    private static Markup Of(string shapes)
    {
        var builder = new MarkupBuilder(0, 0);
        builder.AppendLiteral("<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\" focusable=\"false\">");
        builder.AppendLiteral(shapes);
        builder.AppendLiteral("</svg>");
        return Markup.Of(builder);
    }
}
