using System.Globalization;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>What a device says of itself, checked member by member before a person reads it.</summary>
internal sealed partial record PairingWish
{
    private const int LongestText = 100;
    private const int MostProjects = 20;

    public required string Name { get; init; }

    public required string? Host { get; init; }

    public required string? Client { get; init; }

    public required RequestedBody Requested { get; init; }

    public required byte[] Challenge { get; init; }

    /// <exception cref="RequestRefusedException">With the member that does not fit.</exception>
    public static PairingWish Read(StartBody body) => new()
    {
        Name = Shown("$.name", body.Name),
        Host = body.Host is null ? null : Shown("$.host", body.Host),
        Client = body.Client is null ? null : Shown("$.client", body.Client),
        Requested = body.Requested is null ? new RequestedBody() : Check(body.Requested),
        Challenge = PairingCodes.ReadChallenge(body.Challenge)
            ?? throw RequestRefusedException.Invalid("$.challenge", "It is no base64url SHA-256 of 43 characters."),
    };

    private static RequestedBody Check(RequestedBody requested)
    {
        if (requested.Workspace is { } workspace && !Slug().IsMatch(workspace))
        {
            throw RequestRefusedException.Invalid("$.requested.workspace", "A workspace is named by its slug.");
        }

        var projects = requested.Projects ?? [];
        if (projects.Count > MostProjects || projects.Any(project => project is null || !ProjectKey().IsMatch(project)))
        {
            throw RequestRefusedException.Invalid(
                "$.requested.projects", $"At most {MostProjects} projects are named, each by its key, such as NDC.");
        }

        if (requested.Bundle is { } bundle && !Bundles.ByName.ContainsKey(bundle))
        {
            throw RequestRefusedException.Invalid(
                "$.requested.bundle", $"The bundles are {string.Join(", ", Bundles.ByName.Keys.Order(StringComparer.Ordinal))}.");
        }

        return requested.Mode is null || AgentModes.TryParse(requested.Mode, out _)
            ? requested
            : throw RequestRefusedException.Invalid("$.requested.mode", $"The modes are {string.Join(", ", AgentModes.Words)}.");
    }

    // A stranger's text on the page of approval: nothing invisible, nothing that turns the direction of what follows.
    private static string Shown(string field, string text) =>
        Text.Check(field, text, LongestText).EnumerateRunes().All(rune => System.Text.Rune.GetUnicodeCategory(rune)
            is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned))
            ? text
            : throw RequestRefusedException.Invalid(field, "It holds invisible characters.");

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{0,11}\z")]
    private static partial Regex ProjectKey();
}
