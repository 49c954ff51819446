using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>What the four Dockerfiles promise about their images.</summary>
public sealed class ImageTests
{
    [Theory]
    [InlineData("Gateway")]
    [InlineData("Tasker")]
    [InlineData("Launcher")]
    [InlineData("Console")]
    public void The_image_has_the_runtime_and_neither_sdk_nor_shell(string name)
    {
        var file = new Dockerfile(name);
        var afterwards = file.Lines.SkipWhile(line => !line.StartsWith("FROM mcr.microsoft.com/dotnet/aspnet:", StringComparison.Ordinal));

        Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled", file.Last("FROM"));
        // Nothing there could run it.
        Assert.DoesNotContain(afterwards, line => line.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.Equal([$"/app/{name.ToLowerInvariant()}"], file.Words("ENTRYPOINT"));
        Assert.Equal(["serve"], file.Words("CMD"));
    }

    [Theory]
    [InlineData("Gateway")]
    [InlineData("Tasker")]
    [InlineData("Launcher")]
    [InlineData("Console")]
    public void The_image_runs_as_a_numbered_user(string name)
    {
        var user = new Dockerfile(name).Last("USER");

        Assert.True(int.Parse(user, null) > 0, user);
    }

    [Theory]
    [InlineData("Gateway")]
    [InlineData("Tasker")]
    [InlineData("Launcher")]
    [InlineData("Console")]
    public void Everything_copied_from_the_repository_exists_and_reaches_the_builder(string name)
    {
        var sent = File.ReadAllLines(Path.Combine(Programs.Repository, ".dockerignore"))
            .Where(line => line.StartsWith('!')).Select(line => line[1..]).ToHashSet(StringComparer.Ordinal);
        var copied = Lines(name)
            .Where(line => line.StartsWith("COPY ", StringComparison.Ordinal))
            .Where(line => !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ').Skip(1).SkipLast(1))
            .Where(word => !word.StartsWith("--", StringComparison.Ordinal))
            .Select(word => word.TrimEnd('/'))
            .ToList();

        Assert.Contains("src", copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Programs.Repository, path)), path));
        Assert.All(copied, path => Assert.True(sent.Any(part => path == part || path.StartsWith(part + "/", StringComparison.Ordinal)), path));
    }

    [Theory]
    [InlineData("Gateway")]
    [InlineData("Tasker")]
    [InlineData("Launcher")]
    [InlineData("Console")]
    public void Only_locked_packages_are_restored(string name) =>
        Assert.Contains(Lines(name), line => line == $"RUN dotnet restore src/{name}/{name}.csproj --locked-mode");

    private static string[] Lines(string name) => new Dockerfile(name).Lines;
}
