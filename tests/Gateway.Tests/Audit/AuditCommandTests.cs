using System.Text.Json;
using AgentGateway.Gateway.Commands.Audit;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Tests.Commands;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>What an auditor types: keys, verification, export and retirement, with their exit codes.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audit-").FullName;

    [Fact]
    public async Task Verification_answers_with_its_exit_code_and_names_the_row()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(60);
        await world.SealAsync();
        var key = In("public.pem", world.Key.PublicPem());

        var fine = await RunAsync(world, "audit", "verify", "--public-key", key, "--checkpoints", world.File);
        var row = await world.ValueAsync<long>("SELECT max(sequence) FROM audit_events");
        await world.TamperAsync($"UPDATE audit_events SET decision = 'deny' WHERE sequence = {row}");
        var tampered = await RunAsync(world, "audit", "verify", "--public-key", key, "--json");
        var usage = await RunAsync(world, "audit", "verify", "--public-key", "/nowhere.pem");
        var wrongKey = await RunAsync(world, "audit", "verify", "--public-key", world.File);

        Assert.Equal((0, 1, 2, 2), (fine.ExitCode, tampered.ExitCode, usage.ExitCode, wrongKey.ExitCode));
        Assert.Contains("60 rows (60 sealed", fine.Output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(tampered.Output);
        var finding = Assert.Single(report.RootElement.GetProperty("findings").EnumerateArray());
        Assert.Equal(("row_changed", row), (finding.GetProperty("kind").GetString(), finding.GetProperty("sequence").GetInt64()));
        Assert.DoesNotContain("   at ", usage.Errors + wrongKey.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_key_signs_what_its_public_half_verifies_and_is_never_written_over()
    {
        var (secret, open) = (Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "key.pub"));
        var settings = new Dictionary<string, string>();

        var made = await GatewayProgram.RunAsync(settings, "audit", "keygen", "--private", secret, "--public", open);
        var again = await GatewayProgram.RunAsync(settings, "audit", "keygen", "--private", secret, "--public", open);

        Assert.Equal((0, 1), (made.ExitCode, again.ExitCode));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(secret) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        using var pair = CheckpointKey.FromPem(await File.ReadAllTextAsync(secret));
        using var half = CheckpointKey.FromPem(await File.ReadAllTextAsync(open));
        Assert.Equal(pair.Id, half.Id);
        Assert.DoesNotContain("PRIVATE", made.Output + made.Errors + await File.ReadAllTextAsync(open), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ndjson")]
    [InlineData("csv")]
    public async Task An_interrupted_export_goes_on_after_its_last_whole_line(string format)
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(40);
        await world.SealAsync();
        var whole = Path.Combine(_folder, "whole");
        var torn = Path.Combine(_folder, "torn");

        Assert.Equal(0, (await RunAsync(world, "audit", "export", "--format", format, "--out", whole)).ExitCode);
        var text = await File.ReadAllTextAsync(whole);
        await File.WriteAllTextAsync(torn, text[..(text.Length / 2)]);
        Assert.Equal(0, (await RunAsync(world, "audit", "export", "--format", format, "--out", torn)).ExitCode);
        Assert.Equal(0, (await RunAsync(world, "audit", "export", "--format", format, "--out", torn)).ExitCode);

        Assert.Equal(text, await File.ReadAllTextAsync(torn));
        Assert.Equal(40 + (format == "csv" ? 1 : 0), (await File.ReadAllLinesAsync(whole)).Length);
        var foreign = In("foreign", "something else\n");
        Assert.Equal(2, (await RunAsync(world, "audit", "export", "--format", format, "--out", foreign)).ExitCode);
        Assert.Equal("something else\n", await File.ReadAllTextAsync(foreign));
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData(" -1", "\"' -1\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"hi\"\r\nnow", "\"say \"\"hi\"\"  now\"")]
    [InlineData("plain", "plain")]
    public void A_field_is_no_formula_and_no_second_line(string text, string field)
    {
        var written = AuditExporter.CsvField(text);

        Assert.Equal(Unquoted(field), Unquoted(written));
        Assert.DoesNotContain('\n', written);
        Assert.False(written.TrimStart('"', ' ')[0] is '=' or '+' or '-' or '@');
    }

    [Fact]
    public async Task A_retired_month_is_detached_whole_and_still_verified()
    {
        await using var world = await AuditWorld.CreateAsync();
        await world.WriteAsync(60);
        await world.SealAsync();
        var key = In("public.pem", world.Key.PublicPem());
        var month = $"{TimeProvider.System.GetUtcNow():yyyy-MM}";
        string[] retire = ["audit", "retire", "--before", month, "--public-key", key];

        var dry = await RunAsync(world, [.. retire, "--dry-run"]);
        Assert.Equal(60, await world.ValueAsync<long>("SELECT count(*) FROM audit_events"));
        var done = await RunAsync(world, retire);
        var verified = await RunAsync(world, "audit", "verify", "--public-key", key, "--checkpoints", world.File);
        var old = $"audit_events_{TimeProvider.System.GetUtcNow().AddMonths(-1):yyyy_MM}";

        Assert.Equal((0, 0, 0), (dry.ExitCode, done.ExitCode, verified.ExitCode));
        Assert.Contains($"{old} would be detached", dry.Output, StringComparison.Ordinal);
        Assert.Contains("60 rows (60 sealed", verified.Output, StringComparison.Ordinal);
        Assert.Equal(30, await world.ValueAsync<long>("SELECT count(*) FROM audit_events"));
        await using var connection = new NpgsqlConnection(world.Ledger.ConnectionString);
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync($"DELETE FROM {old}"));
        await world.TamperAsync($"UPDATE {old} SET decision = 'deny' WHERE sequence = (SELECT min(sequence) FROM {old})");
        Assert.Equal(1, (await RunAsync(world, "audit", "verify", "--public-key", key)).ExitCode);
        Assert.Equal(1, (await RunAsync(world, retire)).ExitCode);
    }

    [Fact]
    public async Task A_wrong_option_is_told_before_the_hint()
    {
        var wrong = await GatewayProgram.RunAsync(new Dictionary<string, string>(), "audit", "tail", "-n", "x");

        Assert.Equal(2, wrong.ExitCode);
        Assert.InRange(
            wrong.Errors.IndexOf("'x'", StringComparison.Ordinal), 0,
            wrong.Errors.IndexOf("--help", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Unquoted(string field) => field.Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal);

    private static Task<GatewayProgram> RunAsync(AuditWorld world, params string[] args) => GatewayProgram.RunAsync(
        new Dictionary<string, string> { ["NODEDC_AGENT_GATEWAY_DATABASE"] = world.Ledger.ConnectionString }, args);

    private string In(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
