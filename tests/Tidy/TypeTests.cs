using System.Text.RegularExpressions;
using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>What a type must look like: sealed, promised in a summary, found by its file's name, no interface twins.</summary>
public sealed partial class TypeTests
{
    private const int FamilyLines = 150;
    private const int FamilyTypes = 6;

    [Fact]
    public void Classes_are_sealed() => Verdict.Clean(Sealed(Repository.Sources));

    [Fact]
    public void Each_product_type_says_what_it_promises() => Verdict.Clean(Summaries(Repository.Sources));

    [Fact]
    public void Interfaces_have_more_than_one_implementation() => Verdict.Clean(Interfaces(Repository.Sources));

    [Fact]
    public void Public_types_stand_alone_or_in_small_families() => Verdict.Clean(Repository.Sources.SelectMany(Families));

    [Fact]
    public void Namespaces_are_file_scoped() => Verdict.Clean(Repository.Sources
        .SelectMany(file => file.Complain(BlockNamespace(), "use a file-scoped namespace.")));

    [Theory]
    [InlineData("public class A;", 1)]
    [InlineData("internal class A { private sealed class B; }", 1)]
    [InlineData("public record A(int B);", 1)]
    [InlineData("public sealed class A;", 0)]
    [InlineData("public abstract class A;", 0)]
    [InlineData("static class A;", 0)]
    [InlineData("public partial class A;\npublic sealed partial class A;", 0)]
    [InlineData("class A;\nsealed class B : A;", 0)]
    [InlineData("readonly record struct A(int B);", 0)]
    public void An_open_class_is_found(string snippet, int complaints) =>
        Assert.Equal(complaints, Sealed([Verdict.Snippet(snippet)]).Count());

    [Theory]
    [InlineData("public sealed class A;", 1)]
    [InlineData("/// <summary>Does.</summary>\n[Obsolete]\npublic sealed class A;", 0)]
    [InlineData("/// <summary>Does.</summary>\n[Some(1,\n    Two = 2)]\npublic sealed class A;", 0)]
    [InlineData("/// <summary>Does.</summary>\nenum E { A }\n\npublic sealed class A;", 1)]
    [InlineData("/// <summary>Does.</summary>\nsealed class A\n{\n    internal sealed record B;\n}", 1)]
    [InlineData("/// <summary>Does.</summary>\nsealed class A\n{\n    string C => $\"{D}\";\n\n    private sealed record B;\n}", 0)]
    public void A_type_without_a_summary_is_found(string snippet, int complaints) =>
        Assert.Equal(complaints, Summaries([Verdict.Snippet(snippet)]).Count());

    [Theory]
    [InlineData("interface IClock;\nsealed class Clock : IClock;", 1)]
    [InlineData("interface IClock;\nsealed class Clock : IClock;\nsealed class Other(int a) : Base(a), IClock;", 0)]
    [InlineData("interface IClock;", 1)]
    public void An_interface_twin_is_found(string snippet, int complaints) =>
        Assert.Equal(complaints, Interfaces([Verdict.Snippet(snippet)]).Count());

    [Theory]
    [InlineData("public sealed class Sample;\npublic sealed class Other;", 0)]
    [InlineData("public sealed class One;\npublic sealed class Other;", 1)]
    [InlineData("public enum Sample;\npublic enum B;\npublic enum C;\npublic enum D;\npublic enum E;\n" +
        "public enum F;\npublic enum G;", 1)]
    public void A_crowd_of_public_types_is_found(string snippet, int complaints) =>
        Assert.Equal(complaints, Families(Verdict.Snippet(snippet)).Count());

    [Fact]
    public void A_block_namespace_is_found() => Assert.Matches(BlockNamespace(), "namespace A\n{");

    private static IEnumerable<string> Sealed(IReadOnlyList<SourceFile> files)
    {
        var bases = files.SelectMany(file => file.Types).SelectMany(type => type.Bases).ToHashSet(StringComparer.Ordinal);
        var parts = from file in files
                    from type in file.Types
                    where type.Kind is "class" or "record" or "record class"
                    group (File: file, Type: type) by (Path.GetDirectoryName(file.Path), type.Name);
        return from type in parts
               where !type.Any(part => part.Type.Modifiers.Any(word => word is "sealed" or "static" or "abstract"))
               where !bases.Contains(type.Key.Name) && type.Key.Name != "Program"
               select $"{type.First().File.Path}:{type.First().Type.Line}: {type.Key.Name} is not sealed.";
    }

    private static IEnumerable<string> Summaries(IReadOnlyList<SourceFile> files) =>
        from file in files
        where file.IsProduct
        from type in file.Types
        where !type.IsPrivate
        group (File: file, Type: type) by (Path.GetDirectoryName(file.Path), type.Name) into parts
        where !parts.Any(part => part.Type.HasSummary)
        select $"{parts.First().File.Path}:{parts.First().Type.Line}: {parts.Key.Name} has no <summary>.";

    private static IEnumerable<string> Interfaces(IReadOnlyList<SourceFile> files)
    {
        var types = files.SelectMany(file => file.Types.Select(type => (file.Path, Type: type))).ToList();
        return from declared in types
               where declared.Type.Kind == "interface"
               let users = types.Count(type => type.Type.Bases.Contains(declared.Type.Name, StringComparer.Ordinal))
               where users < 2
               select $"{declared.Path}:{declared.Type.Line}: {declared.Type.Name} has {users} implementation(s): use the class.";
    }

    private static IEnumerable<string> Families(SourceFile file)
    {
        var names = file.Types.Where(type => type.IsPublic && !type.IsNested).Select(type => type.Name).Distinct().ToList();
        var title = Path.GetFileNameWithoutExtension(file.Path).Split('.')[0];
        var single = names.Count <= 1;
        var family = names.Contains(title) && names.Count <= FamilyTypes && file.Lines.Count <= FamilyLines;
        return single || family
            ? []
            : [$"{file.Path}: {names.Count} public types; at most {FamilyTypes} in {FamilyLines} lines, named after one."];
    }

    [GeneratedRegex(@"^namespace [\w.]+\s*\{", RegexOptions.Multiline)]
    private static partial Regex BlockNamespace();
}
