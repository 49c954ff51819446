using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;

namespace AgentGateway.Tasker.Text;

/// <summary>The named things of a project; a name given by an agent means one of them or is refused with candidates.</summary>
internal sealed class Vocabulary<T>(string thing, string code, IReadOnlyList<T> known, Func<T, string> name, Func<T, string> folded)
{
    public IReadOnlyList<T> Known => known;

    /// <summary>Exact first, then without regard to case and composition; the folded names come in the same order.</summary>
    public IReadOnlyList<T> Resolve(IReadOnlyList<Named> asked, IReadOnlyList<string> foldedNames)
    {
        var found = new List<T>(asked.Count);
        var errors = new List<FieldError>();
        for (var i = 0; i < asked.Count; i++)
        {
            var (pointer, value) = asked[i];
            var matches = known.Where(one => name(one) == value).ToList();
            if (matches.Count == 0)
            {
                matches = [.. known.Where(one => folded(one) == foldedNames[i])];
            }

            if (matches.Count == 1)
            {
                found.Add(matches[0]);
                continue;
            }

            errors.Add(matches.Count == 0
                ? new FieldError(pointer, code, $"no such {thing}")
                {
                    Value = value,
                    Candidates = Nearest.To(foldedNames[i], known.Select(one => (name(one), folded(one)))),
                }
                : new FieldError(pointer, "ambiguous_name", $"several {thing}s have this name")
                {
                    Value = value,
                    Candidates = [.. matches.Select(name).Take(5)],
                });
        }

        return errors.Count == 0 ? found : throw Refuse.Invalid(
            errors[0].Code,
            string.Join(" ", errors.Select(error => $"\"{error.Value}\": {error.Message} in this project.")),
            errors);
    }
}
