using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using AgentGateway.Transforms.Request;
using AgentGateway.Transforms.Response;
using Yarp.ReverseProxy.Configuration;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>Reads one tool of the manifest and cross-checks it with its contract.</summary>
internal static class ToolReader
{
    private static readonly Dictionary<string, Addressing> Addressings = new(StringComparer.Ordinal)
    {
        ["none"] = Addressing.None,
        ["argument"] = Addressing.Project,
        ["card"] = Addressing.Card,
        ["granted"] = Addressing.Granted,
        ["session"] = Addressing.Session,
    };

    private static readonly Dictionary<string, SessionStep> Steps = new(StringComparer.Ordinal)
    {
        ["open"] = SessionStep.Open,
        ["report"] = SessionStep.Report,
        ["close"] = SessionStep.Close,
    };

    public static ManifestTool? ReadLocal(string tool, JsonElement json, ToolContract? contract, List<string> faults)
    {
        ManifestShape.CheckMembers(json, tool, ["Policy"], faults);
        var rule = ReadPolicy(tool, ManifestShape.Object(json, "Policy", tool, faults), contract, local: true, faults);
        if (rule is null || contract is null)
        {
            return null;
        }

        ToolLint.CheckLocal(rule, contract, faults);
        return new ManifestTool { Rule = rule, Contract = contract, Route = null };
    }

    public static ManifestTool? ReadRoute(string tool, JsonElement json, ToolContract? contract, List<string> faults)
    {
        ManifestShape.CheckMembers(json, tool, ["ClusterId", "Match", "Policy", "Request", "Response"], faults);
        var rule = ReadPolicy(tool, ManifestShape.Object(json, "Policy", tool, faults), contract, local: false, faults);
        var mine = new List<string>();
        var yarp = ReadMatch(tool, json, mine);
        var path = yarp?.Match.Path ?? PathTemplate.Prefix + "x";
        var request = RequestMappingReader.Read(
            yarp?.Match.Methods?[0] ?? "GET", path, json.TryGetProperty("Request", out var mapping) ? mapping : default, mine,
            contract?.Meanings);
        var response = ResponseMapping.Read(
            json.TryGetProperty("Response", out var answer) ? answer : default, contract?.OutputRequired ?? [], mine);
        faults.AddRange(mine.Select(fault => $"{tool}: {fault}"));
        if (rule is null || contract is null || yarp is null || request is null || response is null)
        {
            return null;
        }

        ToolLint.CheckRoute(rule, contract, path, request, faults);
        return new ManifestTool { Rule = rule, Contract = contract, Route = new ManifestRoute(yarp, request, response) };
    }

    private static ToolRule? ReadPolicy(string tool, JsonElement json, ToolContract? contract, bool local, List<string> faults)
    {
        var place = $"{tool}.Policy";
        ManifestShape.CheckMembers(json, place, ["Scope", "Effect", "Project", "AlsoNeeds", "SameProject", "Session"], faults);
        var before = faults.Count;
        string? scope = null;
        if (!json.TryGetPropertyOrNone("Scope", out var named))
        {
            faults.Add($"{place}: Scope must be a scope, or null for any valid agent.");
        }
        else if (named.ValueKind != JsonValueKind.Null)
        {
            scope = KnownScope(named.ValueKind == JsonValueKind.String ? named.GetString()! : "", place, faults);
        }

        var effect = ManifestShape.Text(json, "Effect", place, faults);
        var project = ManifestShape.Text(json, "Project", place, faults);
        if (effect is not ("read" or "write"))
        {
            faults.Add($"{place}: Effect must be read or write.");
        }

        if (project is null || !Addressings.TryGetValue(project, out var addressing))
        {
            faults.Add($"{place}: Project must be one of {string.Join(", ", Addressings.Keys)}.");
            addressing = Addressing.None;
        }

        var step = SessionStep.None;
        if (json.TryGetPropertyOrNone("Session", out var session)
            && (session.ValueKind != JsonValueKind.String || !Steps.TryGetValue(session.GetString()!, out step)))
        {
            faults.Add($"{place}: Session must be one of {string.Join(", ", Steps.Keys)}.");
        }

        var also = json.TryGetPropertyOrNone("AlsoNeeds", out var needs) ? ManifestShape.Members(needs) : [];
        var conditional = also.Select(need =>
            new ConditionalScope(need.Name, KnownScope(need.Value.GetString() ?? "", $"{place}.AlsoNeeds", faults) ?? "")).ToList();
        return faults.Count > before || contract is null ? null : new ToolRule
        {
            Tool = tool,
            Scope = scope,
            Effect = effect == "write" ? Effect.Write : Effect.Read,
            Addressing = addressing,
            Local = local,
            AlsoNeeds = conditional,
            Session = step,
            SameProjectCards = ManifestShape.Texts(json, "SameProject"),
            CheckArguments = contract.Arguments.Check,
        };
    }

    private static RouteConfig? ReadMatch(string tool, JsonElement json, List<string> faults)
    {
        var cluster = ManifestShape.Text(json, "ClusterId", "route", faults);
        var match = ManifestShape.Object(json, "Match", "route", faults);
        ManifestShape.CheckMembers(match, "Match", ["Methods", "Path", "Headers"], faults);
        var methods = ManifestShape.Texts(match, "Methods");
        var path = ManifestShape.Text(match, "Path", "Match", faults);
        if (cluster != ClusterReader.Name)
        {
            faults.Add($"ClusterId must be {ClusterReader.Name}.");
        }

        if (methods.Count != 1)
        {
            faults.Add("Match.Methods must name exactly one method.");
        }

        if (!NamesTheTool(match, tool))
        {
            faults.Add($"Match.Headers must be exactly {Departure.ToolHeader} = {tool}, ExactHeader, case sensitive.");
        }

        return faults.Count > 0 || path is null ? null : new RouteConfig
        {
            RouteId = tool,
            ClusterId = ClusterReader.Name,
            Match = new RouteMatch
            {
                Methods = methods,
                Path = path,
                Headers =
                [
                    new RouteHeader
                    {
                        Name = Departure.ToolHeader, Mode = HeaderMatchMode.ExactHeader, IsCaseSensitive = true, Values = [tool],
                    },
                ],
            },
        };
    }

    private static bool NamesTheTool(JsonElement match, string tool)
    {
        if (!match.TryGetPropertyOrNone("Headers", out var headers) || headers.ValueKind != JsonValueKind.Array || headers.GetArrayLength() != 1)
        {
            return false;
        }

        var header = headers[0];
        return header.ValueKind == JsonValueKind.Object
            && header.EnumerateObject().All(member => member.Name is "Name" or "Mode" or "IsCaseSensitive" or "Values")
            && header.TryGetPropertyOrNone("Name", out var name) && name.ValueEquals(Departure.ToolHeader)
            && header.TryGetPropertyOrNone("Mode", out var mode) && mode.ValueEquals("ExactHeader")
            && header.TryGetPropertyOrNone("IsCaseSensitive", out var sensitive) && sensitive.ValueKind == JsonValueKind.True
            && ManifestShape.Texts(header, "Values") is [var only] && only == tool;
    }

    private static string? KnownScope(string scope, string place, List<string> faults)
    {
        if (Scopes.All.Contains(scope))
        {
            return scope;
        }

        faults.Add($"{place}: {scope} is not a scope.");
        return null;
    }

    // JsonElement throws for a member of something that is no object; a missing part is reported elsewhere.
    private static bool TryGetPropertyOrNone(this JsonElement json, string name, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out value);
    }
}
