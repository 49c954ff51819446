using System.Text;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Content;

/// <summary>Short words for what the tests of content do again and again.</summary>
internal static class Cards
{
    public static string Text(string block, string text) => $"<p data-id=\"{block}\">{text}</p>";

    public static Task<Answer> OpsAsync(this AgentClient agent, string card, params object[] ops) =>
        agent.PostAsync($"/cards/{card}/content/ops", new { ops });

    public static Task<Answer> AppendAsync(this AgentClient agent, string card, string markdown) =>
        agent.OpsAsync(card, new { op = "append", markdown });

    public static Task<Answer> ContentAsync(this AgentClient agent, string card, string query = "") =>
        agent.GetAsync($"/cards/{card}/content{query}");

    public static Task<string> HtmlAsync(this World world, string card) =>
        world.ScalarAsync<string>("SELECT description_html FROM issues WHERE project_id = @Project AND sequence_id = @number", At(world, card));

    /// <summary>What a browser does that saves the whole text, past every adapter.</summary>
    public static Task<int> SaveAsPersonAsync(this World world, string card, string html) => world.ExecuteAsync(
        "UPDATE issues SET description_html = @html WHERE project_id = @Project AND sequence_id = @number",
        new { world.Project, number = Number(card), html });

    public static Task<T> VersionsAsync<T>(this World world, string card, string what, string where = "true") => world.ScalarAsync<T>(
        $"""
        SELECT {what} FROM issue_description_versions v JOIN issues i ON i.id = v.issue_id
        WHERE i.project_id = @Project AND i.sequence_id = @number AND {where}
        """,
        At(world, card));

    public static Task<T> ActivityAsync<T>(this World world, string card, string what, string where) => world.ScalarAsync<T>(
        $"""
        SELECT {what} FROM issue_activities a JOIN issues i ON i.id = a.issue_id
        WHERE i.project_id = @Project AND i.sequence_id = @number AND {where}
        """,
        At(world, card));

    public static string Lines(int count, int length) =>
        string.Join("\n\n", Enumerable.Range(0, count).Select(n => $"{n} ".PadRight(length, 'x')));

    public static string Paragraphs(int count, int length)
    {
        var html = new StringBuilder();
        for (var n = 0; n < count; n++)
        {
            html.Append(Text(Guid.CreateVersion7().ToString("D"), $"{n} ".PadRight(length, 'y')));
        }

        return html.ToString();
    }

    private static object At(World world, string card) => new { world.Project, number = Number(card) };

    private static int Number(string card) => int.Parse(card.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture);
}
