using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;

namespace AgentGateway.Tasker.Content;

/// <summary>Names the people behind the mentions of a card, and those who may be mentioned.</summary>
internal sealed class CardMembers(IReadOnlyList<Person> people)
{
    /// <summary>Most descriptions mention nobody; people are looked up for the others alone.</summary>
    public static async Task<CardMembers> OfAsync(Visit visit, Guid project, string text) => new(
        text.Contains("mention", StringComparison.OrdinalIgnoreCase) || text.Contains("(user:", StringComparison.Ordinal)
            ? (await People.OfWorkspaceAsync(visit, project)).Known
            : []);

    public CardMember? ById(string id) => Guid.TryParse(id, out var wanted) && people.FirstOrDefault(one => one.Id == wanted) is { } person
        ? new CardMember(person.Id.ToString("D"), person.Handle, person.Name)
        : null;

    /// <summary>Members of the project alone, and only by a handle that is theirs alone.</summary>
    public CardMember? ByHandle(string handle) =>
        people.Where(person => person.InProject && !person.IsBot && person.Handle == handle).Take(2).ToList() is [var only]
            ? ById(only.Id.ToString("D"))
            : null;
}
