using System.Globalization;
using AgentGateway.EndToEnd.Tests.System;
using YamlDotNet.RepresentationModel;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>The Kubernetes files name settings that exist, confine what they start, and let nobody past the gateway.</summary>
public sealed class KubernetesTests
{
    private const string Mounted = "/run/secrets/";
    private const int HostShutdownSeconds = 30;

    private static readonly Peer Gateway = new("agent-gateway", "gateway", "gateway");
    private static readonly Peer Console = new("agent-gateway", "gateway", "console");
    private static readonly Peer Agent = new("codex", "agents", "codex");
    private static readonly Peer Tasker = new("tasker", "tasker", "tasker");
    private static readonly Peer Launcher = new("launcher", "launcher", "launcher");
    private static readonly Peer Postgres = new("data", "postgres", "postgres");
    private static readonly Peer Ingress = new("ingress", "ingress", "nginx");
    private static readonly Peer Stranger = new("other", "", "other");

    private static readonly (string Namespace, YamlMappingNode Policy)[] Policies =
    [
        .. KubernetesFiles.Objects.Where(one => ComposeFile.Text(one["kind"]) == "NetworkPolicy").Select(policy =>
            (ComposeFile.Text(policy["metadata"]["name"]).StartsWith("tasker-", StringComparison.Ordinal) ? "tasker" : "agent-gateway",
                policy)),
    ];

    public static TheoryData<string, string> Workloads => new()
    {
        { "Deployment", "gateway" }, { "Deployment", "console" }, { "Job", "gateway-migrate" },
    };

    [Fact]
    public void Every_file_of_the_folder_is_applied_or_said_to_be_another_teams() =>
        Assert.Equal(
            Directory.GetFiles(KubernetesFiles.Folder, "*.yaml").Select(path => Path.GetFileName(path)).Order(),
            KubernetesFiles.Resources.Append("kustomization.yaml").Append("tasker-policy.yaml").Order());

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task Every_setting_is_one_the_program_knows_and_every_secret_a_mounted_file(string kind, string name)
    {
        var program = name == "console" ? Programs.Console : Programs.Gateway;
        await using var help = ChildProcess.Start(program, ["--help"], ChildProcess.PlainEnvironment(), Programs.Repository);
        Assert.True(await help.WaitForExitAsync(TimeSpan.FromSeconds(60)));
        var known = help.Output.Split([' ', ',', '\n', '\r', '\t', '(', ')', ':', '=', '`', '|']).ToHashSet();

        foreach (var (setting, value) in KubernetesFiles.Environment(kind, name))
        {
            var isFile = setting.EndsWith("_FILE", StringComparison.Ordinal);
            Assert.Contains(isFile ? setting[..^"_FILE".Length] : setting, known);
            Assert.Equal(isFile, value.StartsWith(Mounted, StringComparison.Ordinal));
            if (((string[])["TOKEN", "SECRET", "KEY", "PEPPER", "DATABASE"]).Any(word => setting.Contains(word, StringComparison.Ordinal))
                && !setting.EndsWith("_PUBLIC_KEYS", StringComparison.Ordinal))
            {
                Assert.True(isFile, setting);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Each_pod_is_confined(string kind, string name)
    {
        var pod = KubernetesFiles.Pod(kind, name);
        var confined = (YamlMappingNode)KubernetesFiles.Container(kind, name)["securityContext"];

        Assert.Equal("false", ComposeFile.Text(pod["automountServiceAccountToken"]));
        Assert.Equal("true", ComposeFile.Text(pod["securityContext"]["runAsNonRoot"]));
        Assert.Equal("RuntimeDefault", ComposeFile.Text(pod["securityContext"]["seccompProfile"]["type"]));
        Assert.Equal("true", ComposeFile.Text(confined["readOnlyRootFilesystem"]));
        Assert.Equal("false", ComposeFile.Text(confined["allowPrivilegeEscalation"]));
        Assert.Equal(["ALL"], ((YamlMappingNode)confined["capabilities"]).Words("drop"));
        Assert.NotEmpty(((YamlMappingNode)KubernetesFiles.Container(kind, name)["resources"]).Members("limits"));
    }

    [Fact]
    public void Only_the_migration_holds_the_owners_connection()
    {
        const string Owners = "NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE_FILE";

        Assert.Contains(Owners, KubernetesFiles.Environment("Job", "gateway-migrate").Keys);
        Assert.DoesNotContain(Owners, KubernetesFiles.Environment("Deployment", "gateway").Keys);
    }

    [Fact]
    public void Three_replicas_of_which_two_always_serve_and_each_has_time_to_finish()
    {
        var replicas = Number(KubernetesFiles.Object("Deployment", "gateway")["spec"]["replicas"]);
        var kept = Number(KubernetesFiles.Object("PodDisruptionBudget", "gateway")["spec"]["minAvailable"]);
        var pause = Number(KubernetesFiles.Container("Deployment", "gateway")["lifecycle"]["preStop"]["sleep"]["seconds"]);
        var grace = Number(KubernetesFiles.Pod("Deployment", "gateway")["terminationGracePeriodSeconds"]);

        Assert.True(replicas >= 3);
        Assert.InRange(kept, 1, replicas - 1);
        Assert.True(grace > pause + HostShutdownSeconds);
    }

    [Fact]
    public void Agents_reach_the_gateways_agent_listener_and_nothing_else()
    {
        Peer[] everybody = [Gateway, Console, Tasker];
        int[] ports = [80, 443, 5060, 5080, 5081, 5090, 5091, 5432];
        var reached = everybody.SelectMany(to => ports.Where(port => Allows(Agent, to, port)).Select(port => (to.Name, port)));

        Assert.Equal([("gateway", 5080)], reached);
        Assert.DoesNotContain(ports, port => Allows(Stranger, Gateway, port) || Allows(Stranger, Tasker, port));
    }

    [Fact]
    public void Only_the_gateway_reaches_the_adapter()
    {
        Peer[] others = [Console, Agent, Launcher, Ingress, Stranger];

        Assert.True(Allows(Gateway, Tasker, 5091));
        Assert.DoesNotContain(others, from => Allows(from, Tasker, 5091));
    }

    [Fact]
    public void What_has_to_be_connected_is()
    {
        Assert.True(Allows(Ingress, Gateway, 5080));
        Assert.True(Allows(Tasker, Gateway, 5081));
        Assert.True(Allows(Launcher, Gateway, 5081));
        Assert.True(Allows(Ingress, Console, 5060));
        Assert.True(Allows(Ingress, Tasker, 5090));
        Assert.True(Allows(Gateway, Postgres, 5432));
        Assert.True(Allows(Console, Postgres, 5432));
        Assert.False(Allows(Console, Gateway, 5081));
    }

    private static bool Allows(Peer from, Peer to, int port) => NetworkRules.Allows(Policies, from, to, port);

    private static int Number(YamlNode node) => int.Parse(ComposeFile.Text(node), CultureInfo.InvariantCulture);
}
