using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Seed;

/// <summary>Fills a migrated tracker with a small team's work, once; running it again changes nothing.</summary>
internal sealed class TrackerSeed(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Slug = "nodedc";
    private static readonly Guid Workspace = SeedIds.Of("workspace");
    private static readonly string[] ProjectFiles = ["NDC.json", "OPS.json", "SEC.json"];

    // What a project lets agents have at the most; each agent gets a part of it.
    private static readonly string[] AgentScopes =
    [
        "project:read", "member:read", "card:read", "card:create", "card:update", "card:move", "card:close", "card:comment",
        "card:mention", "card:label", "card:assign", "card:link", "card:content:append", "card:content:replace",
        "card:content:check", "session:report", "project:member:add_existing",
    ];

    public static string ToJson(SeedReport report) => JsonSerializer.Serialize(report, SeedJson.Default.SeedReport);

    public async Task<SeedReport> RunAsync(CancellationToken cancel)
    {
        var people = Read("people.json", SeedJson.Default.SeedPersonArray);
        var projects = ProjectFiles.Select(file => Read(file, SeedJson.Default.SeedProject)).ToList();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Two seeds at once wait for each other instead of colliding.
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtext('tasker seed'))");
        await WorkspaceAsync(connection, people);
        foreach (var project in projects)
        {
            await ProjectAsync(connection, project, people);
            await new SeedCards(connection, project, people, clock.GetUtcNow()).WriteAsync(Workspace);
        }

        await transaction.CommitAsync(cancel);
        var owner = people.First(person => SeedIds.Person(person.Handle) == SeedIds.Owner);
        return new SeedReport(
            Slug,
            new SeedReport.Person(SeedIds.Owner, owner.Name),
            [.. projects.Select(project => new SeedReport.Project(SeedIds.Of(project.Key), project.Key))]);
    }

    private static async Task WorkspaceAsync(NpgsqlConnection connection, SeedPerson[] people)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO users (id, email, display_name, first_name, last_name, is_active)
            VALUES (@Id, @Email, @Name, @First, @Last, @Active) ON CONFLICT (id) DO NOTHING
            """,
            people.Select(person => new
            {
                Id = SeedIds.Person(person.Handle),
                Email = $"{person.Handle}@nodedc.example",
                person.Name,
                person.First,
                person.Last,
                person.Active,
            }));
        await connection.ExecuteAsync(
            """
            INSERT INTO workspaces (id, slug, name) VALUES (@Workspace, @Slug, 'Node DC') ON CONFLICT (id) DO NOTHING;
            INSERT INTO features (workspace_id, agents_enabled, updated_by) VALUES (@Workspace, true, @Owner)
            ON CONFLICT (workspace_id) DO NOTHING;
            """,
            new { Workspace, Slug, SeedIds.Owner });
        await connection.ExecuteAsync(
            """
            INSERT INTO workspace_members (id, workspace_id, member_id, role, is_active)
            VALUES (@Id, @Workspace, @Member, @Role, @Active) ON CONFLICT (id) DO NOTHING
            """,
            people.Select(person => new
            {
                Id = SeedIds.Of($"member/{person.Handle}"),
                Workspace,
                Member = SeedIds.Person(person.Handle),
                person.Role,
                person.Active,
            }));
    }

    private static async Task ProjectAsync(NpgsqlConnection connection, SeedProject project, SeedPerson[] people)
    {
        var id = SeedIds.Of(project.Key);
        await connection.ExecuteAsync(
            """
            INSERT INTO projects (id, workspace_id, identifier, name, description, agents_enabled, agent_max_scopes, conventions)
            VALUES (@id, @Workspace, @Key, @Name, @Description, true, @AgentScopes, @Conventions) ON CONFLICT (id) DO NOTHING
            """,
            new { id, Workspace, project.Key, project.Name, project.Description, AgentScopes, project.Conventions });
        await connection.ExecuteAsync(
            """
            INSERT INTO project_members (id, project_id, member_id, role, is_active)
            VALUES (@Id, @Project, @Member, @Role, @Active) ON CONFLICT (id) DO NOTHING
            """,
            people.Where(person => person.Projects.ContainsKey(project.Key)).Select(person => new
            {
                Id = SeedIds.Of($"{project.Key}/member/{person.Handle}"),
                Project = id,
                Member = SeedIds.Person(person.Handle),
                Role = person.Projects[project.Key],
                person.Active,
            }));
        await connection.ExecuteAsync(
            """
            INSERT INTO states (id, project_id, name, "group", sequence, color, "default")
            VALUES (@Id, @Project, @Name, @Group, @Sequence, @Color, @Default) ON CONFLICT (id) DO NOTHING
            """,
            SeedCards.States.Index().Select(state => new
            {
                Id = SeedCards.StateId(project.Key, state.Item.Name),
                Project = id,
                state.Item.Name,
                state.Item.Group,
                Sequence = (state.Index + 1) * 10000.0,
                state.Item.Color,
                Default = state.Item.Name == "Todo",
            }));
        await connection.ExecuteAsync(
            """
            INSERT INTO labels (id, project_id, name, color, sort_order)
            VALUES (@Id, @Project, @Name, @Color, @Order) ON CONFLICT (id) DO NOTHING
            """,
            project.Labels.Index().Select(label => new
            {
                Id = SeedCards.LabelId(project.Key, label.Item.Key),
                Project = id,
                Name = label.Item.Key,
                Color = label.Item.Value,
                Order = (label.Index + 1) * 10000.0,
            }));
    }

    private static T Read<T>(string file, JsonTypeInfo<T> type)
    {
        using var stream = typeof(TrackerSeed).Assembly.GetManifestResourceStream($"seed/{file}")
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        return JsonSerializer.Deserialize(stream, type) ?? throw new InvalidOperationException($"{file} is empty.");
    }
}
