using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;

namespace AgentGateway.Gateway.Tests.Observe;

/// <summary>A log line has the fields of our own sentences and no others, whoever writes it.</summary>
public sealed partial class LogFieldTests
{
    [Fact]
    public void The_list_is_what_our_sentences_name()
    {
        var named = typeof(Logs).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.Message)
            .OfType<string>()
            .SelectMany(message => Hole().Matches(message).Select(match => match.Groups[1].Value))
            .Concat(["EventId", "SourceContext"])
            .Distinct();

        Assert.Equal(named.Order(StringComparer.Ordinal), Logs.Fields.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("RequestPath", false)]
    [InlineData("Headers", false)]
    [InlineData("Authorization", false)]
    [InlineData("Path", false)]
    [InlineData("Tool", true)]
    [InlineData("RequestId", true)]
    public void A_field_that_is_not_listed_is_dropped_wherever_it_comes_from(string name, bool kept)
    {
        var sink = new Kept();
        using var logger = Logs.Configure(LogEventLevel.Verbose).WriteTo.Sink(sink).CreateLogger();

        logger.ForContext(name, "ndca1_secret").Information("A sentence.");

        var line = Assert.Single(sink.Events);
        Assert.Equal(kept, line.Properties.ContainsKey(name));
    }

    [GeneratedRegex(@"\{@?(\w+)")]
    private static partial Regex Hole();

    private sealed class Kept : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
