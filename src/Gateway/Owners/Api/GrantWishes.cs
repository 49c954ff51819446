using System.Net;
using System.Text.RegularExpressions;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>
/// Turns what an owner wishes into a grant: known scopes only, a project that Tasker names, and never more than it allows.
/// </summary>
internal sealed partial class GrantWishes(TaskerDirectory tasker)
{
    private const int MostGrants = 50;

    /// <exception cref="RequestRefusedException">With the wish that cannot be granted.</exception>
    public async Task<IReadOnlyList<NewGrant>> ResolveAllAsync(
        NewAgent agent, IReadOnlyList<GrantBody> wishes, CancellationToken cancel)
    {
        if (wishes.Count > MostGrants)
        {
            throw RequestRefusedException.Invalid("$.grants", $"At most {MostGrants} projects are possible.");
        }

        // All are read before the first is asked for.
        var reaches = wishes.Select((wish, index) => wish is null
            ? throw RequestRefusedException.Invalid($"$.grants[{index}]", "It is null.")
            : (wish.Project, Scopes: Read($"$.grants[{index}]", wish.Bundle, wish.Scopes), wish.Bundle)).ToList();
        var grants = new List<NewGrant>();
        foreach (var (project, scopes, bundle) in reaches)
        {
            grants.Add(await ResolveAsync(agent, "$.grants", project, (scopes, bundle), cancel));
        }

        return grants.DistinctBy(grant => grant.Project.Id).Count() == grants.Count
            ? grants
            : throw RequestRefusedException.Invalid("$.grants", "A project is granted twice.");
    }

    public Task<NewGrant> ResolveAsync(NewAgent agent, string project, ReachBody reach, CancellationToken cancel) =>
        ResolveAsync(agent, "project", project, (Read("$", reach.Bundle, reach.Scopes), reach.Bundle), cancel);

    private async Task<NewGrant> ResolveAsync(
        NewAgent agent, string field, string project, (IReadOnlyCollection<string> Scopes, string? Bundle) reach,
        CancellationToken cancel)
    {
        // Names may be shared or changed; a grant is written for what is meant beyond doubt.
        if (!ProjectForm().IsMatch(project))
        {
            throw RequestRefusedException.Invalid(field, "A project is named by its key, such as NDC, or by its id.");
        }

        var resolved = await AskAsync(agent, field, project, cancel);
        var scopes = resolved.MaxScopes.Count == 0 ? reach.Scopes : [.. reach.Scopes.Intersect(resolved.MaxScopes)];
        return scopes.Count > 0
            ? new NewGrant(resolved, scopes, reach.Bundle)
            : throw RequestRefusedException.Invalid(field, $"Project {resolved.Key} allows agents none of these scopes.");
    }

    private async Task<ResolvedProject> AskAsync(NewAgent agent, string field, string project, CancellationToken cancel)
    {
        try
        {
            return await tasker.ResolveAsync(agent, project, cancel);
        }
        catch (TaskerRefusedException refused)
        {
            throw refused.Status switch
            {
                HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity =>
                    new RequestRefusedException(Reasons.UnknownProject, field, refused.Message),
                null when refused.InnerException is HttpRequestException or TaskCanceledException =>
                    new RequestRefusedException(Reasons.UpstreamUnavailable),
                HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable =>
                    new RequestRefusedException(Reasons.UpstreamUnavailable),
                _ => new RequestRefusedException(Reasons.UpstreamInvalid),
            };
        }
    }

    private static IReadOnlyCollection<string> Read(string field, string? bundle, IReadOnlyList<string>? scopes)
    {
        if (bundle is null == scopes is null)
        {
            throw RequestRefusedException.Invalid(field, "Either a bundle or scopes must be given.");
        }

        if (bundle is not null)
        {
            return Bundles.ByName.TryGetValue(bundle, out var known)
                ? known
                : throw RequestRefusedException.Invalid(
                    field, $"The bundles are {string.Join(", ", Bundles.ByName.Keys.Order(StringComparer.Ordinal))}.");
        }

        return scopes!.Count > 0 && scopes.All(scope => scope is not null && Scopes.All.Contains(scope))
            ? scopes.ToHashSet(StringComparer.Ordinal)
            : throw RequestRefusedException.Invalid(
                field, $"The scopes are {string.Join(", ", Scopes.All.Order(StringComparer.Ordinal))}.");
    }

    [GeneratedRegex(@"\A(?:[A-Za-z][A-Za-z0-9]{0,11}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\z")]
    private static partial Regex ProjectForm();
}
