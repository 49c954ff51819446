using System.Collections.Concurrent;
using System.Runtime.Versioning;
using AgentGateway.Gateway.Configure;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Gateway.Tests.Configure;

/// <summary>A rotated secret is read from its file while the program runs; whatever is wrong with it leaves the old one valid.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SecretFilesTests : IDisposable
{
    private const string Old = "old-token-of-the-rotation-tests-4e1c77";
    private const string Fresh = "fresh-token-of-the-rotation-tests-90ab1f";
    private const string Tasker = "taskers-token-that-only-tasker-may-see";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agw-rotation-");
    private readonly Lines _lines = new();
    private readonly Settings _settings;
    private readonly SecretFiles _files;

    public SecretFilesTests()
    {
        Put(File, Old);
        _settings = Settings.Load(
            new Dictionary<string, string>
            {
                ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN_FILE"] = File,
                ["NODEDC_TASKER_INTERNAL_TOKEN"] = Tasker,
            },
            []);
        _files = new SecretFiles(_settings, TimeProvider.System, _lines);
    }

    private string File => Path.Combine(_folder.FullName, "internal_token");

    [Fact]
    public void A_new_content_counts_at_the_second_look_and_both_values_hold_meanwhile()
    {
        Put(File, $"{Fresh},{Old}\n");

        _files.Look();
        Assert.False(_settings.InternalToken.Knows(Fresh));
        _files.Look();

        Assert.True(_settings.InternalToken.Knows(Fresh));
        Assert.True(_settings.InternalToken.Knows(Old));
        Assert.Equal(Fresh, _settings.InternalToken.First.Reveal());
        Put(File, Fresh);
        LookTwice();
        Assert.False(_settings.InternalToken.Knows(Old));
        Assert.Equal(2, _lines.Of(LogLevel.Information).Count);
        Assert.Empty(_lines.Of(LogLevel.Error));
    }

    [Theory]
    [InlineData("short", "32 to 4096")]
    [InlineData("changeme-changeme-changeme-changeme", "sample")]
    [InlineData(Fresh + "," + Old + ",third-token-of-the-rotation-tests-77e", "more than two")]
    [InlineData(Fresh + ",", "32 to 4096")]
    [InlineData("", "empty")]
    [InlineData(Fresh + "," + Fresh, "each needs its own")]
    [InlineData(Tasker, "NODEDC_TASKER_INTERNAL_TOKEN")]
    public void A_bad_content_is_refused_once_aloud_without_its_value_and_the_old_one_stays(string content, string why)
    {
        Put(File, content);

        LookTwice();
        LookTwice();

        Assert.True(_settings.InternalToken.Knows(Old));
        Assert.Single(_settings.InternalTokens);
        var line = Assert.Single(_lines.Of(LogLevel.Error));
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Fresh, line, StringComparison.Ordinal);
        Put(File, Fresh);
        LookTwice();
        Assert.True(_settings.InternalToken.Knows(Fresh));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_write_is_refused(UnixFileMode more)
    {
        Put(File, Fresh);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);

        LookTwice();

        Assert.False(_settings.InternalToken.Knows(Fresh));
        Assert.Contains("chmod 600", Assert.Single(_lines.Of(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_gone_or_half_written_changes_nothing_and_a_link_that_moves_is_followed()
    {
        System.IO.File.Delete(File);
        LookTwice();
        Assert.True(_settings.InternalToken.Knows(Old));

        Put(File, Fresh[..^4]);
        _files.Look();
        Put(File, Fresh);
        LookTwice();
        Assert.True(_settings.InternalToken.Knows(Fresh));
        Assert.False(_settings.InternalToken.Knows(Fresh[..^4]));

        var target = Path.Combine(_folder.FullName, "mounted");
        Put(target, Old);
        System.IO.File.Delete(File);
        System.IO.File.CreateSymbolicLink(File, target);
        LookTwice();
        Assert.True(_settings.InternalToken.Knows(Old));
    }

    public void Dispose()
    {
        _files.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>As an operator does: complete under another name, then in the place of the old one.</summary>
    internal static void Put(string path, string content)
    {
        var fresh = path + ".new";
        System.IO.File.WriteAllText(fresh, content);
        System.IO.File.SetUnixFileMode(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.IO.File.Move(fresh, path, overwrite: true);
    }

    private void LookTwice()
    {
        _files.Look();
        _files.Look();
    }

    private sealed class Lines : ILogger<SecretFiles>
    {
        private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

        public IReadOnlyList<string> Of(LogLevel level) => [.. _lines.Where(line => line.Level == level).Select(line => line.Text)];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, formatter(state, exception)));
    }
}
