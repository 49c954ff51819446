using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Tasker.Seed;

/// <summary>A person of the sample workspace.</summary>
internal sealed record SeedPerson(
    string Handle, string First, string Last, short Role, Dictionary<string, short> Projects, bool Active = true)
{
    public string Name => $"{First} {Last}";
}

/// <summary>A sample project with its labels (name to colour) and cards.</summary>
internal sealed record SeedProject(
    string Key, string Name, string Description, string Conventions, Dictionary<string, string> Labels, SeedCard[] Cards);

/// <summary>A sample card; <see cref="Age"/> and <see cref="Due"/> are days before and after the seeding.</summary>
internal sealed record SeedCard(
    int N, string Title, string State, string Priority, string[] Labels, string By, int Age, string[] Text)
{
    // The generated reader sets absent members to null, past any initialiser.
    public string[] Who { get => field ?? []; init; }

    public int? Due { get; init; }

    public int? Parent { get; init; }

    public SeedComment[] Comments { get => field ?? []; init; }

    public SeedLink[] Links { get => field ?? []; init; }
}

/// <summary>A comment, so many hours before the seeding.</summary>
internal sealed record SeedComment(string By, int Hours, string Text);

/// <summary>A link of a card.</summary>
internal sealed record SeedLink(string Url, string Title, string Kind);

/// <summary>What <c>tasker seed --json</c> prints.</summary>
internal sealed record SeedReport(string Workspace, SeedReport.Person Owner, IReadOnlyList<SeedReport.Project> Projects)
{
    /// <summary>The owner.</summary>
    internal sealed record Person(Guid Id, string Name);

    /// <summary>A seeded project.</summary>
    internal sealed record Project(Guid Id, string Key);
}

/// <summary>Reads the story; a misspelt member stops the seeding.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SeedPerson[]))]
[JsonSerializable(typeof(SeedProject))]
[JsonSerializable(typeof(SeedReport))]
internal sealed partial class SeedJson : JsonSerializerContext;
