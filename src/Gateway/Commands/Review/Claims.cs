using AgentGateway.Transforms.Request;

namespace AgentGateway.Gateway.Commands.Review;

/// <summary>
/// The closed list of what can never be granted. A route is all an agent has, so what no route can express cannot be done: there is no
/// catch-all, and a body is built from the members that are listed.
/// </summary>
internal static class Claims
{
    private static readonly string[] Verbs = ["GET", "POST", "PATCH", "PUT"];

    // All that a write may touch: cards and what hangs on them, new cards, and the list of a project's members.
    private static readonly string[] WritablePlaces =
        ["cards/{card}", "cards/{card}/", "projects/{project}/cards", "projects/{project}/members"];

    public static readonly IReadOnlyList<Claim> All =
    [
        new("no-delete", "Nothing is ever deleted: no verb, path, member or operation says so.",
            tool => Words(tool, "delete", "destroy", "purge", "trash", "erase").Concat(Methods(tool))),
        new("no-archive", "Nothing is archived or taken out of sight.", tool => Words(tool, "archive", "is_draft", "hidden")),
        new("no-invite", "Nobody is invited: only a member of the workspace can be added to a project.",
            tool => Words(tool, "invit", "email", "signup")),
        new("no-project-creation", "No project or workspace is created, renamed or configured.", Places),
        new("no-roles", "No role or permission is changed; whom an agent adds becomes at most a member.", Roles),
        new("no-billing", "Nothing is bought or billed.", tool => Words(tool, "billing", "payment", "invoice", "subscription")),
        new("no-runners", "No code is run by Tasker or the gateway.", tool => Words(tool, "runner", "execute", "webhook", "script")),
        new("no-uploads", "No file is sent: text only.", tool => Words(tool, "upload", "attachment", "multipart", "base64")),
        new("no-raw-api", "Every route lies under the adapter's prefix, with its exact path; there is no catch-all.", RawApi),
        new("project-checked", "Every route is confined to granted projects.", Projects),
        new("writes-once", "Every write takes a key under which it happens once, and needs a scope.", Once),
    ];

    private static IEnumerable<string> Words(ReviewedTool tool, params string[] words) =>
        from text in tool.Sendable
        from word in words
        where text.Contains(word, StringComparison.OrdinalIgnoreCase)
        select $"{tool.Name}: {text}";

    private static IEnumerable<string> Methods(ReviewedTool tool) => tool.Methods
        .Where(method => !Verbs.Contains(method, StringComparer.Ordinal))
        .Select(method => $"{tool.Name}: {method} {tool.Path}");

    private static IEnumerable<string> Places(ReviewedTool tool) =>
        tool is { IsWrite: true, Path: { } path } && !WritablePlaces.Any(place => Lies(path, place))
            ? [$"{tool.Name}: writes to {path}"]
            : [];

    private static bool Lies(string path, string place) => place.EndsWith('/')
        ? path.StartsWith(PathTemplate.Prefix + place, StringComparison.Ordinal)
        : path == PathTemplate.Prefix + place;

    private static IEnumerable<string> Roles(ReviewedTool tool)
    {
        foreach (var text in tool.Sendable.Where(text =>
            text.Contains("role", StringComparison.OrdinalIgnoreCase) && IsHigh(text)))
        {
            yield return $"{tool.Name}: {text}";
        }

        foreach (var text in Words(tool, "permission", "privilege"))
        {
            yield return text;
        }

        if (tool.Sendable.Any(text => text.StartsWith("Request.Body.role", StringComparison.Ordinal))
            && !tool.Sendable.Any(text => text.StartsWith("Contract.inputSchema.properties.role.enum[", StringComparison.Ordinal)))
        {
            yield return $"{tool.Name}: sends a role that its contract does not enumerate";
        }
    }

    private static bool IsHigh(string text) =>
        text.Contains("admin", StringComparison.OrdinalIgnoreCase) || text.Contains("owner", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> RawApi(ReviewedTool tool) => tool.Path is { } path
        && (!path.StartsWith(PathTemplate.Prefix, StringComparison.Ordinal) || path.Contains('*'))
            ? [$"{tool.Name}: {path}"]
            : [];

    private static IEnumerable<string> Projects(ReviewedTool tool) =>
        tool.Path is not null && tool.Value("Policy.Project") is null or "none"
            ? [$"{tool.Name}: {tool.Path} without a project"]
            : [];

    private static IEnumerable<string> Once(ReviewedTool tool)
    {
        if (!tool.IsWrite)
        {
            yield break;
        }

        if (!tool.Sendable.Any(text => text.StartsWith("Contract.inputSchema.properties.idempotency_key.", StringComparison.Ordinal)))
        {
            yield return $"{tool.Name}: takes no idempotency_key";
        }

        if (tool.Value("Policy.Scope") is null or "null")
        {
            yield return $"{tool.Name}: needs no scope";
        }
    }
}
