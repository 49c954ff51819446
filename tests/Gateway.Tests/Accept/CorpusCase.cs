using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>One request as data: what differs from a good <c>tools/call</c>, and how it must be answered.</summary>
public sealed partial record CorpusCase
{
    private const string GoodBody =
        """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"whoami","arguments":{}}}""";

    private static readonly string[] GoodHeaders =
    [
        "Host: localhost", "Authorization: Bearer " + GatewayUnderTest.Token,
        "Content-Type: application/json", "Content-Length: {n}",
    ];

    /// <summary>Answered only when the connection survived the case: says that nothing of the case was left in it.</summary>
    private static readonly byte[] Sentinel =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    public required string Name { get; init; }

    public string Line { get; init; } = "POST /mcp HTTP/1.1";

    /// <summary>Names of the good headers to leave out.</summary>
    public string[] Drop { get; init; } = [];

    /// <summary>Header lines to add, as Latin-1.</summary>
    public string[] Add { get; init; } = [];

    /// <summary>As UTF-8; <c>{{x*1000}}</c> stands for a thousand x.</summary>
    public string Body { get; init; } = GoodBody;

    public string? BodyHex { get; init; }

    /// <summary>The whole head as Latin-1, with its line ends, instead of line and headers.</summary>
    public string? Head { get; init; }

    /// <summary>The allowed statuses.</summary>
    public required int[] Status { get; init; }

    /// <summary>The JSON-RPC code; 0: not looked at.</summary>
    public int Code { get; init; }

    /// <summary>The raw id of the answer; null: the answer need not be JSON-RPC.</summary>
    public string? Id { get; init; }

    /// <summary>Whether it is a proper request that must come through.</summary>
    public bool Reaches { get; init; }

    public override string ToString() => Name;

    public static IReadOnlyList<CorpusCase> Load(string file) =>
        JsonSerializer.Deserialize<CorpusCase[]>(
            File.ReadAllBytes(Path.Combine(Folder(), file + ".json")), JsonSerializerOptions.Web)!;

    public static TheoryData<string> Names(string file) => [.. Load(file).Select(item => item.Name)];

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Folder(), file + ".txt"), Encoding.Latin1);

    public byte[] Bytes(bool withSentinel = true)
    {
        var body = BodyHex is null ? Encoding.UTF8.GetBytes(Expand(Body)) : Convert.FromHexString(BodyHex);
        var lines = GoodHeaders.Where(line => !Drop.Contains(line.Split(':')[0])).Concat(Add);
        var head = Head ?? string.Join("\r\n", lines.Prepend(Line)) + "\r\n\r\n";
        head = Expand(head.Replace("{n}", body.Length.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return [.. Encoding.Latin1.GetBytes(head), .. body, .. withSentinel ? Sentinel : []];
    }

    private static string Expand(string text) => Repetition().Replace(text, match => string.Concat(
        Enumerable.Repeat(match.Groups["what"].Value, int.Parse(match.Groups["times"].Value, CultureInfo.InvariantCulture))));

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ProxyGateway.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository's root is not above the tests.");
        }

        return Path.Combine(folder.FullName, "tests", "Corpus", "accept");
    }

    [GeneratedRegex(@"\{\{(?<what>.+?)\*(?<times>\d+)\}\}")]
    private static partial Regex Repetition();
}
