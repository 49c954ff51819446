namespace AgentGateway.Console.Review;

/// <summary>What the routes page shows.</summary>
public sealed record ManifestView(RouteList Routes, ManifestDifference? Difference);

/// <summary>One tool as the gateway lists it: everything it can reach and send.</summary>
public sealed record RouteRow(
    string Tool, string Scope, string AlsoNeeds, string Effect, string ProjectFrom, string Method, string AdapterPath, string Query,
    string BodyMembers, string Idempotent);

/// <summary>The whole attack surface under one digest.</summary>
public sealed record RouteList(string Contract, string Manifest, IReadOnlyList<RouteRow> Routes);

/// <summary>A difference between the manifest before and the one in force, and who gains or loses by it.</summary>
public sealed record ManifestChange(
    string Direction, string Tool, string Place, string? Old, string? New, string Sentence, IReadOnlyList<string> Who);

/// <summary>What changed from one digest to another.</summary>
public sealed record ManifestDifference(string Old, string New, IReadOnlyList<ManifestChange> Changes);
