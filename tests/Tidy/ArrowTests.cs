using System.Text.RegularExpressions;
using System.Xml.Linq;
using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>Which project may know which, and what each may bring along; the neighbours meet over HTTP alone.</summary>
public sealed partial class ArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Policy"] = [],
        ["Transforms"] = ["Policy"],
        ["Gateway"] = ["Policy", "Transforms"],
        ["Canon"] = [],
        ["Tasker"] = ["Canon"],
        ["Console"] = ["Canon"],
        ["Launcher"] = ["Canon"],
    };

    private static readonly Dictionary<string, string[]> Packages = new(StringComparer.Ordinal)
    {
        ["Policy"] = [],
        ["Transforms"] = ["Yarp.ReverseProxy", "System.IO.Hashing"],
    };

    private static IEnumerable<string> Projects =>
        Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal));

    [Fact]
    public void Product_projects_know_only_whom_they_may() => Verdict.Clean(Projects
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal))
        .SelectMany(path => References(Path.GetFileNameWithoutExtension(path), Repository.Read(path))));

    [Fact]
    public void Policy_is_pure() => Verdict.Clean(Repository.Sources
        .Where(file => file.Path.StartsWith("src/Policy/", StringComparison.Ordinal))
        .SelectMany(Impure));

    [Fact]
    public void Packages_are_pinned_in_one_place_and_locked() => Verdict.Clean(Projects.SelectMany(path =>
        Pins(path, Repository.Read(path), Repository.Exists($"{Path.GetDirectoryName(path)}/packages.lock.json"))));

    [Theory]
    [InlineData("Policy", """<ProjectReference Include="../Gateway/Gateway.csproj" />""")]
    [InlineData("Tasker", """<ProjectReference Include="..\Policy\Policy.csproj" />""")]
    [InlineData("Newcomer", """<PackageReference Include="Npgsql" />""")]
    [InlineData("Policy", """<PackageReference Include="Dapper" />""")]
    [InlineData("Policy", """<FrameworkReference Include="Microsoft.AspNetCore.App" />""")]
    [InlineData("Transforms", """<PackageReference Include="Npgsql" />""")]
    public void A_wrong_arrow_is_found(string project, string item) => Assert.NotEmpty(References(project, Csproj(item)));

    [Theory]
    [InlineData("Gateway", """<ProjectReference Include="..\Policy\Policy.csproj" />""")]
    [InlineData("Transforms", """<PackageReference Include="Yarp.ReverseProxy" />""")]
    public void A_right_arrow_passes(string project, string item) => Assert.Empty(References(project, Csproj(item)));

    [Fact]
    public void A_web_sdk_in_policy_is_found() =>
        Assert.NotEmpty(References("Policy", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"));

    [Theory]
    [InlineData("using System.IO;")]
    [InlineData("using System.Net.Http;")]
    [InlineData("var text = File.ReadAllText(name);")]
    [InlineData("public async Task RunAsync()")]
    [InlineData("Task.Run(Work)")]
    [InlineData("TimeProvider.System.GetUtcNow()")]
    public void Impurity_is_found(string snippet) => Assert.NotEmpty(Impure(Verdict.Snippet(snippet)));

    [Theory]
    [InlineData("""<PackageReference Include="Dapper" Version="2.1.86" />""", true)]
    [InlineData("""<PackageReference Include="Dapper" VersionOverride="2.1.86" />""", true)]
    [InlineData("""<PackageReference Include="Dapper"><Version>2.1.86</Version></PackageReference>""", true)]
    [InlineData("""<PackageReference Include="Dapper" />""", false)]
    public void A_loose_pin_is_found(string item, bool locked) => Assert.NotEmpty(Pins("src/A/A.csproj", Csproj(item), locked));

    private static string Csproj(string item) => $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{item}</ItemGroup></Project>";

    private static IEnumerable<string> References(string project, string csproj)
    {
        var document = XDocument.Parse(csproj);
        if (!Arrows.TryGetValue(project, out var allowed))
        {
            yield return $"{project}: a new product project needs a line in this rule.";
            yield break;
        }

        var known = Includes(document, "ProjectReference").Select(path => path.Split('/', '\\')[^1]);
        foreach (var name in known.Select(file => file[..^".csproj".Length]))
        {
            if (!allowed.Contains(name))
            {
                yield return $"{project} may not know {name}.";
            }
        }

        if (!Packages.TryGetValue(project, out var packages))
        {
            yield break;
        }

        foreach (var name in Includes(document, "PackageReference").Except(packages))
        {
            yield return $"{project} may not use the package {name}.";
        }

        var sdk = document.Root?.Attribute("Sdk")?.Value;
        if (project == "Policy" && (Includes(document, "FrameworkReference").Any() || sdk != "Microsoft.NET.Sdk"))
        {
            yield return "Policy may not use a framework beyond the base class library.";
        }
    }

    private static IEnumerable<string> Pins(string path, string csproj, bool locked)
    {
        if (!locked)
        {
            yield return $"{path}: has no packages.lock.json.";
        }

        var loose = XDocument.Parse(csproj).Descendants("PackageReference")
            .Where(package => package.HasElements || package.Attributes().Any(attribute => attribute.Name.LocalName.StartsWith(
                "Version", StringComparison.Ordinal)));
        foreach (var package in loose)
        {
            yield return $"{path}: pin {package.Attribute("Include")?.Value} in Directory.Packages.props.";
        }
    }

    private static IEnumerable<string> Includes(XDocument document, string item) =>
        document.Descendants(item).Select(element => element.Attribute("Include")?.Value ?? "");

    private static IEnumerable<string> Impure(SourceFile file) =>
        file.Complain(Impurity(), "Policy neither reads, writes, waits nor looks at a clock.");

    [GeneratedRegex(@"\busing\s+(System\.IO|System\.Net|Microsoft\.)|\b(System\.IO|System\.Net)\.|"
        + @"\b(async|await|TimeProvider|Task)\b|"
        + @"\b(File|Directory|Console|Environment|HttpClient|Socket|Process|FileStream)\.\w|\bnew (HttpClient|Random)\b")]
    private static partial Regex Impurity();
}
