using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Gateway.Configure;

/// <summary>
/// One secret, or a new and an old one, that can be replaced while the program runs; readers see all of a change or nothing.
/// </summary>
internal sealed class RotatingSecret
{
    private readonly SettingDefinition<IReadOnlyList<Secret>> _setting;
    private volatile State _state;

    public RotatingSecret(SettingDefinition<IReadOnlyList<Secret>> setting, IReadOnlyList<Secret> values, string? path)
    {
        _setting = setting;
        _state = new State(values);
        Path = path;
        First = Secret.Following(() => Values.Count == 0 ? null : Values[0].Reveal());
    }

    public string Name => _setting.Name;

    /// <summary>The file it came from and follows; null: it holds for as long as the program runs.</summary>
    public string? Path { get; }

    public IReadOnlyList<Secret> Values => _state.Values;

    /// <summary>The one to present to others; asked for at each use.</summary>
    public Secret First { get; }

    public bool IsMissing => Values.Count == 0;

    // All are compared, whatever the first says: the time tells neither which one matched nor how much of it.
    public bool Knows(string presented)
    {
        var digest = Digest(presented);
        var known = false;
        foreach (var valid in _state.Digests)
        {
            known |= CryptographicOperations.FixedTimeEquals(valid, digest);
        }

        return known;
    }

    /// <exception cref="FormatException">With why the text is no value of this secret; the old one stays.</exception>
    public IReadOnlyList<Secret> Parse(string text) => _setting.Parse(text);

    public void Replace(IReadOnlyList<Secret> values) => _state = new State(values);

    public override string ToString() => $"{Name} ({Values.Count})";

    private static byte[] Digest(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));

    private sealed class State(IReadOnlyList<Secret> values)
    {
        public IReadOnlyList<Secret> Values { get; } = values;

        public byte[][] Digests { get; } = [.. values.Select(value => Digest(value.Reveal()))];
    }
}
