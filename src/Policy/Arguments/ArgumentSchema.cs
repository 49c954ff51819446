using System.Text.Json;

namespace AgentGateway.Policy.Arguments;

/// <summary>A contract's inputSchema, compiled once: the closed subset of JSON Schema in config/README.md, anything more is refused.</summary>
public sealed class ArgumentSchema
{
    // Enough to repair a call in one go, few enough to read.
    private const int MaxProblems = 10;

    private readonly ObjectShape _root;

    private ArgumentSchema(ObjectShape root) => _root = root;

    /// <summary>The names of the top-level arguments.</summary>
    public IEnumerable<string> Names => _root.Names;

    public IEnumerable<string> Required => _root.Required;

    /// <summary>Null when the schema uses anything outside the subset; every fault is added to <paramref name="faults"/>.</summary>
    public static ArgumentSchema? Compile(JsonElement schema, ICollection<string> faults)
    {
        var before = faults.Count;
        var shape = ShapeReader.Read(schema, "inputSchema", faults);
        if (shape is not ObjectShape root)
        {
            if (faults.Count == before)
            {
                faults.Add("inputSchema must have the type object.");
            }

            return null;
        }

        return faults.Count == before ? new ArgumentSchema(root) : null;
    }

    /// <summary>Empty when the arguments hold; else at most ten problems, each naming the argument and the fix.</summary>
    public IReadOnlyList<ArgumentProblem> Check(JsonElement arguments)
    {
        var problems = new List<ArgumentProblem>(0);
        _root.Check(arguments, "", problems);
        return problems.Count <= MaxProblems ? problems : problems[..MaxProblems];
    }

    /// <summary>The values an array argument of words can have; empty when it is open.</summary>
    public IReadOnlyList<string> ItemWords(string name) => _root.Find(name) is ArrayShape { Item: TextShape text } ? text.Words : [];
}
