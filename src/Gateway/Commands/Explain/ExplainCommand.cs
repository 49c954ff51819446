using System.CommandLine;
using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Commands.Explain;

/// <summary><c>gateway explain</c>: would this call be let through, and if not, what decided; exit code 0, 1, or 2 for wrong usage.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var agent = new Option<string?>("--agent") { Description = "Id of the agent, ag_…; its newest live token is looked at." };
        var prefix = new Option<string?>("--token-prefix") { Description = "The first 12 characters of a token instead." };
        var tool = new Option<string>("--tool") { Description = "Name of the tool.", Required = true };
        var project = new Option<string?>("--project") { Description = "Key of the project." };
        var card = new Option<string?>("--card") { Description = "Key of the card, such as NDC-12." };
        var arguments = new Option<string?>("--arguments")
        {
            Description = "The arguments as a JSON object, or @file; without it the contract is not asked about them.",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("explain", "Say which check decides a hypothetical call, without sending it.")
        {
            agent, prefix, tool, project, card, arguments, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var given = ReadArguments(parsed.GetValue(arguments), ("project", parsed.GetValue(project)), ("card", parsed.GetValue(card)));
            var call = new ToolCall
            {
                Tool = parsed.GetRequiredValue(tool),
                Arguments = given,
                IdempotencyKey = ToolCallReader.KeyOf(given),
            };
            var explanation = await ExplainAsync(
                parsed.GetValue(agent), parsed.GetValue(prefix), call, parsed.GetValue(arguments) is not null, cancel);
            Console.Out.WriteLine(parsed.GetValue(json) ? ExplanationJson.Write(explanation) : explanation.ToText());
            return explanation.Allowed ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<Explanation> ExplainAsync(
        string? agentId, string? prefix, ToolCall call, bool withArguments, CancellationToken cancel)
    {
        if (agentId is null == prefix is null)
        {
            throw new UsageException("Either --agent or --token-prefix is needed.");
        }

        var settings = Settings.LoadFor(SettingTable.Database);
        var manifest = ManifestReader.Load(settings.ConfigDir);
        await using var database = LedgerDatabase.Open(settings.Database);
        var subject = await FindAsync(database, agentId, prefix, cancel);
        if (subject.TokenId is not { } tokenId)
        {
            return CallExplainer.WithoutToken(subject.AgentId, subject.Status, call.Tool);
        }

        var launcher = settings.LauncherBaseUrl is not null;
        var row = await new AuthorityTable(database, launcher ? settings.Entitlement.MaxStaleness : null).ReviewAsync(tokenId)
            ?? throw new InvalidOperationException("The token vanished meanwhile.");
        using var tasker = settings.TaskerInternalToken.IsMissing || settings.TaskerBaseUrl.Scheme == "about"
            ? null
            : new TaskerDirectory(settings.TaskerBaseUrl, settings.TaskerInternalToken);
        var explainer = new CallExplainer(
            manifest, settings.RequireEntitlement || launcher, (authority, project) => CeilingAsync(tasker, authority, project, cancel));
        return await explainer.ExplainAsync(
            row, await WithSessionAsync(new SessionLookup(database, settings.Sessions), manifest, row.Authority.Agent, call), withArguments);
    }

    // As the flow does it before it decides.
    private static async Task<ToolCall> WithSessionAsync(SessionLookup lookup, Manifest manifest, Agent agent, ToolCall call) =>
        manifest.Rules.Rules.FirstOrDefault(rule => rule.Tool == call.Tool) is { Session: not SessionStep.None and var step }
            ? call with { Session = await lookup.FindAsync(agent.Id, step, call) }
            : call;

    private static async Task<Subject> FindAsync(NpgsqlDataSource database, string? agentId, string? prefix, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = (await connection.QueryAsync<Subject>(new CommandDefinition(
            """
            SELECT a.id AS agentid, a.status, t.id AS tokenid
            FROM agents AS a
            LEFT JOIN tokens AS t ON t.agent_id = a.id
            WHERE a.id = @agentId OR t.prefix = @prefix
            ORDER BY t.revoked_at IS NULL AND coalesce(t.expires_at, 'infinity') > clock_timestamp() DESC, t.created_at DESC
            LIMIT 2
            """,
            new { agentId, prefix }, cancellationToken: cancel))).ToList();
        return found switch
        {
            [] => throw new UsageException(prefix is null ? "There is no such agent." : "No token begins so."),
            [_, _] when prefix is not null => throw new UsageException("Several tokens begin so; use --agent."),
            [var first, ..] => first,
        };
    }

    private static async Task<IReadOnlyCollection<string>?> CeilingAsync(
        TaskerDirectory? tasker, Authority authority, Grant project, CancellationToken cancel)
    {
        try
        {
            var asked = new NewAgent
            {
                Name = authority.Agent.Name,
                OwnerId = authority.Agent.OwnerId,
                OwnerName = authority.Agent.OwnerName,
                Workspace = authority.Agent.Workspace,
                Mode = authority.Agent.Mode,
                Grants = [],
            };
            return tasker is null ? null : (await tasker.ResolveAsync(asked, project.Key, cancel)).MaxScopes;
        }
        catch (TaskerRefusedException)
        {
            return null;
        }
    }

    private static JsonElement ReadArguments(string? text, params (string Name, string? Value)[] named)
    {
        var bytes = text is null ? "{}"u8.ToArray()
            : text.StartsWith('@') ? File.ReadAllBytes(text[1..])
            : Encoding.UTF8.GetBytes(text);
        if (StrictJson.Read(bytes, out var given) is not JsonFault.None)
        {
            throw new UsageException("--arguments takes one JSON object, or @file with one.");
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in given.EnumerateObject())
            {
                member.WriteTo(writer);
            }

            foreach (var (name, value) in named.Where(one => one.Value is not null))
            {
                if (given.TryGetProperty(name, out _))
                {
                    throw new UsageException($"--{name} and the argument {name} are both given; keep one.");
                }

                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(buffer.ToArray());
    }

    private sealed record Subject
    {
        public string AgentId { get; init; } = "";

        public string Status { get; init; } = "";

        public Guid? TokenId { get; init; }
    }
}
