using System.Globalization;
using System.Text.Json;

namespace AgentGateway.Policy.Arguments;

/// <summary>One schema node: says what is wrong with a value, naming the place.</summary>
internal abstract class Shape
{
    public abstract void Check(JsonElement value, string path, List<ArgumentProblem> problems);

    protected static void Wrong(List<ArgumentProblem> problems, string path, string message, params IReadOnlyList<string> candidates) =>
        problems.Add(new ArgumentProblem(path.Length == 0 ? "arguments" : path, message, candidates));

    protected static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>true or false.</summary>
internal sealed class FlagShape : Shape
{
    public override void Check(JsonElement value, string path, List<ArgumentProblem> problems)
    {
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Wrong(problems, path, "must be true or false");
        }
    }
}

/// <summary>A whole number between two limits.</summary>
internal sealed class IntegerShape(long minimum, long maximum) : Shape
{
    public override void Check(JsonElement value, string path, List<ArgumentProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            Wrong(problems, path, "must be a whole number");
        }
        else if (number < minimum || number > maximum)
        {
            Wrong(problems, path, $"must be a whole number from {Number(minimum)} to {Number(maximum)}");
        }
    }
}

/// <summary>Text limited in code points (Postgres counts them so), or one of a few words.</summary>
internal sealed class TextShape(int minimum, int maximum, IReadOnlyList<string> words) : Shape
{
    public IReadOnlyList<string> Words => words;

    public override void Check(JsonElement value, string path, List<ArgumentProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            Wrong(problems, path, value.ValueKind == JsonValueKind.Null ? "must be text; leave it out instead of null" : "must be text");
            return;
        }

        var text = value.GetString()!;
        if (words.Count > 0)
        {
            if (!words.Contains(text, StringComparer.Ordinal))
            {
                Wrong(problems, path, $"must be one of: {string.Join(", ", words)}", Nearest.Of(text, words));
            }

            return;
        }

        var length = CodePoints(text);
        if (length < minimum)
        {
            Wrong(problems, path, $"must have at least {Number(minimum)} character{(minimum == 1 ? "" : "s")}");
        }
        else if (length > maximum)
        {
            Wrong(problems, path, $"has {Number(length)} characters; at most {Number(maximum)} are allowed");
        }
    }

    private static int CodePoints(string text)
    {
        var count = text.Length;
        foreach (var unit in text)
        {
            if (char.IsLowSurrogate(unit))
            {
                count--;
            }
        }

        return count;
    }
}

/// <summary>A list of equal shapes, limited in length.</summary>
internal sealed class ArrayShape(Shape item, int minimum, int maximum) : Shape
{
    public Shape Item => item;

    public override void Check(JsonElement value, string path, List<ArgumentProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(problems, path, "must be a list");
            return;
        }

        var count = value.GetArrayLength();
        if (count < minimum || count > maximum)
        {
            Wrong(problems, path, $"must have {Number(minimum)} to {Number(maximum)} entries");
            return;
        }

        var index = 0;
        foreach (var entry in value.EnumerateArray())
        {
            item.Check(entry, $"{path}[{Number(index++)}]", problems);
        }
    }
}

/// <summary>An object with exactly these members.</summary>
internal sealed class ObjectShape(IReadOnlyDictionary<string, Shape> members, IReadOnlyList<string> required) : Shape
{
    public IEnumerable<string> Names => members.Keys;

    public IEnumerable<string> Required => required;

    public Shape? Find(string name) => members.GetValueOrDefault(name);

    public override void Check(JsonElement value, string path, List<ArgumentProblem> problems)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Wrong(problems, path, "must be an object");
            return;
        }

        foreach (var name in required)
        {
            if (!value.TryGetProperty(name, out _))
            {
                Wrong(problems, Join(path, name), "is required");
            }
        }

        foreach (var member in value.EnumerateObject())
        {
            if (members.TryGetValue(member.Name, out var shape))
            {
                shape.Check(member.Value, Join(path, member.Name), problems);
            }
            else
            {
                var names = members.Keys.ToList();
                Wrong(problems, Join(path, Shorten(member.Name)), "is not an argument here; leave it out", Nearest.Of(member.Name, names));
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64];
}
