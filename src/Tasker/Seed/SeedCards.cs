using System.Globalization;
using AgentGateway.Tasker.Blocks;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Seed;

/// <summary>Writes a project's cards with comments, links and a fitting history; cards that exist are left alone.</summary>
internal sealed class SeedCards(NpgsqlConnection connection, SeedProject project, SeedPerson[] people, DateTimeOffset now)
{
    public static readonly (string Name, string Group, string Color)[] States =
    [
        ("Backlog", "backlog", "#60646c"),
        ("Todo", "unstarted", "#4653c4"),
        ("In Progress", "started", "#d97706"),
        ("In Review", "started", "#7a3fd1"),
        ("Done", "completed", "#2f9e44"),
        ("Cancelled", "cancelled", "#9aa0aa"),
    ];

    public static Guid StateId(string project, string name) => SeedIds.Of($"{project}/state/{name}");

    public static Guid LabelId(string project, string name) => SeedIds.Of($"{project}/label/{name}");

    public async Task WriteAsync(Guid workspace)
    {
        foreach (var card in project.Cards)
        {
            if (await CardAsync(workspace, card) > 0)
            {
                await PartsAsync(card);
                await CommentsAsync(card);
                await HistoryAsync(card);
            }
        }
    }

    private Guid CardId(int number) => SeedIds.Of($"{project.Key}-{number}");

    private Task<int> CardAsync(Guid workspace, SeedCard card)
    {
        var id = CardId(card.N);
        var html = SeedIds.FixBlocks(CardText.ToHtml(string.Join('\n', card.Text)), $"{project.Key}-{card.N}");
        return connection.ExecuteAsync(
            """
            INSERT INTO issues (id, workspace_id, project_id, sequence_id, name, description_html, description_stripped, priority,
                                state_id, parent_id, target_date, sort_order, completed_at, created_by, created_at, updated_at)
            VALUES (@id, @workspace, @Project, @N, @Title, @html, @Plain, @Priority,
                    @State, @Parent, @Due::date, @Order, @Completed, @By, @Created, @Created)
            ON CONFLICT DO NOTHING
            """,
            new
            {
                id,
                workspace,
                Project = SeedIds.Of(project.Key),
                card.N,
                card.Title,
                html,
                Plain = CardText.ToPlainText(html),
                card.Priority,
                State = StateId(project.Key, card.State),
                Parent = card.Parent is { } parent ? CardId(parent) : (Guid?)null,
                Due = card.Due is { } days ? now.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
                Order = card.N * 10000.0,
                Completed = card.State == "Done" ? Moment(card, 1) : (DateTime?)null,
                By = SeedIds.Person(card.By),
                Created = now.UtcDateTime.AddDays(-card.Age),
            });
    }

    private async Task PartsAsync(SeedCard card)
    {
        var id = CardId(card.N);
        await connection.ExecuteAsync(
            "INSERT INTO issue_labels (id, issue_id, label_id) VALUES (@Id, @Card, @Label) ON CONFLICT DO NOTHING",
            card.Labels.Select(label => new
            {
                Id = SeedIds.Of($"{project.Key}-{card.N}/label/{label}"),
                Card = id,
                Label = LabelId(project.Key, label),
            }));
        await connection.ExecuteAsync(
            "INSERT INTO issue_assignees (id, issue_id, assignee_id) VALUES (@Id, @Card, @Person) ON CONFLICT DO NOTHING",
            card.Who.Select(who => new
            {
                Id = SeedIds.Of($"{project.Key}-{card.N}/assignee/{who}"),
                Card = id,
                Person = SeedIds.Person(who),
            }));
        await connection.ExecuteAsync(
            """
            INSERT INTO issue_links (id, issue_id, url, title, kind, created_by)
            VALUES (@Id, @Card, @Url, @Title, @Kind, @By) ON CONFLICT DO NOTHING
            """,
            card.Links.Select(link => new
            {
                Id = SeedIds.Of($"{project.Key}-{card.N}/link/{link.Url}"),
                Card = id,
                link.Url,
                link.Title,
                link.Kind,
                By = SeedIds.Person(card.By),
            }));
    }

    private Task<int> CommentsAsync(SeedCard card) => connection.ExecuteAsync(
        """
        INSERT INTO issue_comments (id, issue_id, project_id, comment_html, body_markdown, actor_id, created_at)
        VALUES (@Id, @Card, @Project, @Html, @Text, @By, @At) ON CONFLICT DO NOTHING
        """,
        card.Comments.Index().Select(comment => new
        {
            Id = SeedIds.Of($"{project.Key}-{card.N}/comment/{comment.Index}"),
            Card = CardId(card.N),
            Project = SeedIds.Of(project.Key),
            Html = SeedIds.FixBlocks(CardText.ToHtml(comment.Item.Text), $"{project.Key}-{card.N}/comment/{comment.Index}"),
            comment.Item.Text,
            By = SeedIds.Person(comment.Item.By),
            At = now.UtcDateTime.AddHours(-comment.Item.Hours),
        }));

    private Task<int> HistoryAsync(SeedCard card) => connection.ExecuteAsync(
        """
        INSERT INTO issue_activities (id, issue_id, project_id, actor_id, verb, field, old_value, new_value, created_at)
        VALUES (@Id, @Card, @Project, @By, @Verb, @Field, @Old, @New, @At) ON CONFLICT DO NOTHING
        """,
        History(card).Index().Select(entry => new
        {
            Id = SeedIds.Of($"{project.Key}-{card.N}/activity/{entry.Index}"),
            Card = CardId(card.N),
            Project = SeedIds.Of(project.Key),
            By = SeedIds.Person(entry.Item.By),
            entry.Item.Verb,
            entry.Item.Field,
            entry.Item.Old,
            entry.Item.New,
            entry.Item.At,
        }));

    private IEnumerable<Entry> History(SeedCard card)
    {
        var worker = card.Who.FirstOrDefault() ?? card.By;
        yield return new Entry(card.By, "created", null, null, null, now.UtcDateTime.AddDays(-card.Age));
        foreach (var who in card.Who)
        {
            var name = people.First(person => person.Handle == who).Name;
            yield return new Entry(card.By, "updated", "assignees", null, name, Moment(card, 4));
        }

        string[] path = card.State switch
        {
            "In Progress" => ["Todo", "In Progress"],
            "In Review" => ["Todo", "In Progress", "In Review"],
            "Done" => ["Todo", "In Progress", "In Review", "Done"],
            "Cancelled" => ["Todo", "Cancelled"],
            _ => [card.State],
        };
        for (var step = 1; step < path.Length; step++)
        {
            yield return new Entry(worker, "updated", "state", path[step - 1], path[step], Moment(card, path.Length - step));
        }

        foreach (var comment in card.Comments)
        {
            yield return new Entry(comment.By, "created", "comment", null, null, now.UtcDateTime.AddHours(-comment.Hours));
        }
    }

    /// <summary>A moment between the card's beginning and now: more parts from the end are earlier.</summary>
    private DateTime Moment(SeedCard card, int partsFromEnd) => now.UtcDateTime.AddDays(-card.Age * partsFromEnd / 5.0);

    private sealed record Entry(string By, string Verb, string? Field, string? Old, string? New, DateTime At);
}
