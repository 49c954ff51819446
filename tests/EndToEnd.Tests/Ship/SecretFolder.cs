using System.Security.Cryptography;
using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>The secrets of one fleet as files, replaced as operators are told to: beside the old one, then in its place.</summary>
internal sealed class SecretFolder(TemporaryFolder folder)
{
    private readonly Dictionary<string, string> _first = new(StringComparer.Ordinal);

    /// <summary>The first of the values that were put last.</summary>
    public string this[string name] => _first[name];

    public static string Fresh() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    public string Path(string name) => global::System.IO.Path.Combine(folder.Root, name);

    public void Put(string name, params string[] values)
    {
        File.Move(folder.Write(name + ".new", string.Join(',', values)), Path(name), overwrite: true);
        _first[name] = values[0];
    }
}
