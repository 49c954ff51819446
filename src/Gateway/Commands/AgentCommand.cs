using System.CommandLine;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Owners;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands;

/// <summary>
/// <c>gateway agent create|revoke</c>: for the first agent and for emergencies, before or without the owners' pages.
/// </summary>
internal static class AgentCommand
{
    private const string Actor = "command line";

    private static string BundleNames => string.Join(", ", Bundles.ByName.Keys.Order(StringComparer.Ordinal));

    public static Command Create() => new("agent", "Create or revoke an agent.") { CreateAgent(), RevokeAgent() };

    private static Command CreateAgent()
    {
        var name = Required("--name", "Name of the agent, such as laptop.");
        var owner = Required("--owner", "Id of the owner in Tasker.");
        var ownerName = Required("--owner-name", "Name of the owner, as people read it.");
        var workspace = Required("--workspace", "Slug of the workspace.");
        var grants = new Option<string[]>("--grant")
        {
            Description = $"KEY=bundle, repeatable; bundles: {BundleNames}.",
            Required = true,
            HelpName = "KEY=bundle",
        };
        var mode = new Option<string>("--mode")
        {
            Description = "What the agent may do at the most.",
            DefaultValueFactory = _ => "full",
        };
        mode.AcceptOnlyFromAmong([.. AgentModes.Words]);
        var days = new Option<int>("--token-days")
        {
            Description = "Days until the token expires.",
            DefaultValueFactory = _ => 90,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("create", "Create an agent with grants and print its token, this one time, on stdout.")
        {
            name, owner, ownerName, workspace, grants, mode, days, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = Settings.LoadFor(SettingTable.Database, SettingTable.TaskerBaseUrl, SettingTable.TaskerInternalToken);
            RowMac.UseInProcess(settings.AuditKey);
            var agent = new NewAgent
            {
                Name = parsed.GetRequiredValue(name),
                OwnerId = parsed.GetRequiredValue(owner),
                OwnerName = parsed.GetRequiredValue(ownerName),
                Workspace = parsed.GetRequiredValue(workspace),
                Mode = AgentModes.Parse(parsed.GetRequiredValue(mode)),
                Grants = [],
            };
            if (parsed.GetValue(days) is < 1 or > 3650)
            {
                throw new UsageException("--token-days takes 1 to 3650.");
            }

            var lifetime = TimeSpan.FromDays(parsed.GetValue(days));
            return await CreateAsync(settings, agent, parsed.GetRequiredValue(grants), lifetime, parsed.GetValue(json), cancel);
        });
        return command;
    }

    private static async Task<int> CreateAsync(
        Settings settings, NewAgent request, IReadOnlyList<string> grants, TimeSpan lifetime, bool json, CancellationToken cancel)
    {
        var wanted = grants.Select(ParseGrant).ToList();
        using var tasker = new TaskerDirectory(settings.TaskerBaseUrl, settings.TaskerInternalToken);
        var resolved = new List<NewGrant>();
        foreach (var (key, bundle) in wanted)
        {
            resolved.Add(new NewGrant(await tasker.ResolveAsync(request, key, cancel), Bundles.ByName[bundle], bundle));
        }

        if (resolved.GroupBy(grant => grant.Project.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"Project {twice.First().Project.Key} is granted twice.");
        }

        request = request with { Grants = resolved };
        await using var database = LedgerDatabase.Open(settings.Database);
        var book = new AgentBook(database, new TokenDigests(settings.TokenPeppers), TimeProvider.System);
        var agent = await book.CreateAsync(request, Actor, cancel);
        var token = await book.IssueTokenAsync(agent.Id, request.Name, lifetime, Actor, cancel)
            ?? throw new InvalidOperationException("The agent vanished while its token was issued.");
        if (json)
        {
            Console.Out.WriteLine(AgentPrint.Json(agent, request.Grants, token));
            return ExitCode.Ok;
        }

        // The token alone on stdout: TOKEN=$(gateway agent create …) works and the rest is still read.
        Console.Error.Write(AgentPrint.Text(agent, request.Grants, token));
        Console.Out.WriteLine(token.Token);
        return ExitCode.Ok;
    }

    private static Command RevokeAgent()
    {
        var id = Required("--id", "Id of the agent, ag_….");
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit." };
        var command = new Command("revoke", "Revoke an agent for good: all its tokens are dead when this returns.")
        {
            id, reason,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = Settings.LoadFor(SettingTable.Database);
            RowMac.UseInProcess(settings.AuditKey);
            await using var database = LedgerDatabase.Open(settings.Database);
            var book = new AgentBook(database, new TokenDigests(settings.TokenPeppers), TimeProvider.System);
            var done = await book.RevokeAgentAsync(
                parsed.GetRequiredValue(id), Actor, parsed.GetValue(reason), AgentBook.DefaultDrain, cancel);
            if (done is null)
            {
                Console.Error.WriteLine("There is no such agent.");
                return ExitCode.Failed;
            }

            Console.Out.WriteLine(done.InFlight switch
            {
                0 => $"Revoked at {done.RevokedAt:O}. Nothing of it is still on its way.",
                null => $"Revoked at {done.RevokedAt:O}. Whether calls admitted before are still on their way could not be read.",
                _ => $"Revoked at {done.RevokedAt:O}. {done.InFlight} call(s) admitted before are still on their way.",
            });
            return ExitCode.Ok;
        });
        return command;
    }

    private static (string Key, string Bundle) ParseGrant(string text)
    {
        var parts = text.Split('=', 2, StringSplitOptions.TrimEntries);
        return parts is [{ Length: > 0 } key, var bundle] && Bundles.ByName.ContainsKey(bundle)
            ? (key, bundle)
            : throw new UsageException(
                $"--grant takes KEY=bundle with one of {BundleNames}.");
    }

    private static Option<string> Required(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, Required = true };
        option.Validators.Add(result =>
        {
            var text = result.GetValueOrDefault<string>();
            if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl))
            {
                result.AddError($"{name} must not be empty or hold control characters.");
            }
        });
        return option;
    }
}
