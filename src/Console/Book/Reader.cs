using AgentGateway.Canon.SignIn;

namespace AgentGateway.Console.Book;

/// <summary>Whose part of the book somebody may read: owners their own agents', administrators and reviewers all.</summary>
internal sealed record Reader(string? OwnerId)
{
    public static Reader Of(Person person) => new(person.Role == Role.Owner ? person.Id : null);
}
