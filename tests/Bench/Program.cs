using System.Globalization;
using System.Runtime.InteropServices;
using AgentGateway.Bench;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;

switch (args)
{
    case ["upstream", var port, var cleartextHttp2Port]:
        await UpstreamStub.RunAsync(Number(port), Number(cleartextHttp2Port));
        return 0;
    case ["base-proxy", var port, var upstreamPort, .. var rest]:
        await BaseProxy.RunAsync(Number(port), Number(upstreamPort), rest is ["h2c"]);
        return 0;
    case ["sdk-server", var port, var upstreamPort]:
        await SdkServer.RunAsync(Number(port), Number(upstreamPort));
        return 0;
    case ["--help" or "-h", ..]:
        Console.WriteLine(BenchOptions.Usage);
        return 0;
}

if (BenchOptions.Read(args) is not { } options)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
try
{
    await Session.RunAsync(options, stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 1;
}
catch (Exception failure)
{
    // What these two say is meant for a reader; of anything else the place matters too.
    var text = failure is LoadException or InvalidOperationException ? failure.Message : failure.ToString();
    Console.Error.WriteLine($"FAILED: {text}");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
