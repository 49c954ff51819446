using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Tests.Adapter;

/// <summary>One test's own workspace: people, a project with states and labels, a second project that is not granted.</summary>
internal sealed class World
{
    private World(TaskerFixture tasker) => Tasker = tasker;

    public TaskerFixture Tasker { get; }

    public Guid Workspace { get; } = Guid.CreateVersion7();

    public string Slug { get; } = "w" + Guid.CreateVersion7().ToString("N")[..20];

    public Guid Project { get; } = Guid.CreateVersion7();

    public Guid Foreign { get; } = Guid.CreateVersion7();

    /// <summary>The agent's owner, handle <c>anna</c>, member.</summary>
    public Guid Anna { get; } = Guid.CreateVersion7();

    /// <summary>Handle <c>boris</c>, Борис Петров, member of the project.</summary>
    public Guid Boris { get; } = Guid.CreateVersion7();

    public AgentClient Agent => new(this);

    private object Ids => new { Workspace, Slug, Project, Foreign, Anna, Boris };

    public static async Task<World> CreateAsync(TaskerFixture tasker)
    {
        var world = new World(tasker);
        await using var connection = new NpgsqlConnection(tasker.Database);
        await connection.OpenAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO workspaces (id, slug, name) VALUES (@Workspace, @Slug, 'Test');
            INSERT INTO features (workspace_id, agents_enabled) VALUES (@Workspace, true);
            INSERT INTO projects (id, workspace_id, identifier, name, agents_enabled, conventions)
            VALUES (@Project, @Workspace, 'NDC', 'Core', true, 'Write short titles.'),
                   (@Foreign, @Workspace, 'OPS', 'Operations', true, NULL);
            INSERT INTO states (id, project_id, name, "group", sequence, "default")
            SELECT gen_random_uuid(), p, name, grp, seq, name = 'Todo'
            FROM unnest(ARRAY[@Project, @Foreign]::uuid[]) AS p,
                 (VALUES ('Backlog', 'backlog', 10), ('Todo', 'unstarted', 20), ('In Progress', 'started', 30),
                         ('In Review', 'started', 35), ('Готово', 'completed', 40), ('Cancelled', 'cancelled', 50)) AS s(name, grp, seq);
            INSERT INTO labels (id, project_id, name)
            SELECT gen_random_uuid(), @Project, unnest(ARRAY['bug', 'backend', 'Bugfix', 'Ошибка', 'Café']);
            INSERT INTO estimates (id, project_id, name) VALUES (@Project, @Project, 'Points');
            INSERT INTO estimate_points (id, estimate_id, key, value)
            SELECT gen_random_uuid(), @Project, k, k::text FROM unnest(ARRAY[1, 2, 3, 5]) AS k;
            """,
            world.Ids);
        await world.PersonAsync(connection, world.Anna, "anna", "Anna Ivanova", 15, project: 15);
        await world.PersonAsync(connection, world.Boris, "boris", "Борис Петров", 15, project: 15);
        return world;
    }

    public async Task<Guid> PersonAsync(string handle, string name, int role, int? project)
    {
        await using var connection = new NpgsqlConnection(Tasker.Database);
        var id = Guid.CreateVersion7();
        await PersonAsync(connection, id, handle, name, role, project);
        return id;
    }

    public async Task<int> ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = new NpgsqlConnection(Tasker.Database);
        return await connection.ExecuteAsync(sql, values ?? Ids);
    }

    public async Task<T> ScalarAsync<T>(string sql, object? values = null)
    {
        await using var connection = new NpgsqlConnection(Tasker.Database);
        return (await connection.ExecuteScalarAsync<T>(sql, values ?? Ids))!;
    }

    /// <summary>A card's whole row as JSON, to show that a refusal changed nothing.</summary>
    public Task<string> RowAsync(string card) => ScalarAsync<string>(
        "SELECT to_jsonb(i)::text FROM issues i WHERE project_id = @Project AND sequence_id = @number",
        new { Project, number = int.Parse(card.Split('-')[1], System.Globalization.CultureInfo.InvariantCulture) });

    public async Task<string> CardAsync(string title, object? more = null)
    {
        var answer = await Agent.PostAsync($"/projects/{Project}/cards", AgentClient.Merge(new { title, allow_duplicate = true }, more));
        Assert.Equal(201, answer.Status);
        return answer.Text("card");
    }

    private Task<int> PersonAsync(NpgsqlConnection connection, Guid id, string handle, string name, int role, int? project) =>
        connection.ExecuteAsync(
            """
            INSERT INTO users (id, email, display_name, first_name, last_name)
            VALUES (@id, @email, @handle, split_part(@name, ' ', 1), split_part(@name, ' ', 2));
            INSERT INTO workspace_members (id, workspace_id, member_id, role) VALUES (gen_random_uuid(), @Workspace, @id, @role);
            INSERT INTO project_members (id, project_id, member_id, role)
            SELECT gen_random_uuid(), @Project, @id, @projectRole::smallint WHERE @projectRole::smallint IS NOT NULL
            """,
            new { id, email = $"{handle}@{Slug}.example", handle, name, role = (short)role, projectRole = (short?)project, Workspace, Project });
}
