using AgentGateway.Gateway;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Security.Replica.Plants;

// The gateway as it is, or with one piece replaced by a wrong one: security.replica [--plant NAME]
var replace = args switch
{
    [] => null,
    ["--plant", var name] => Plant.Named(name),
    _ => throw new ArgumentException("Usage: [--plant NAME]"),
};
var settings = Settings.Load();
await using var app = GatewayApp.Build(settings, ManifestReader.Load(settings.ConfigDir), replace);
await app.StartAsync();
Console.Error.WriteLine($"replica ready, plant: {args.ElementAtOrDefault(1) ?? "none"}");
await app.WaitForShutdownAsync();
