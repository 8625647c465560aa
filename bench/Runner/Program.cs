using System.Globalization;
using System.Runtime.InteropServices;
using LeadOrchestrator.Bench;
using LeadOrchestrator.Bench.Reporting;
using LeadOrchestrator.Bench.Vendors;
using LeadOrchestrator.Launcher;
using Npgsql;

if (args is ["vendors", var port])
{
    await FakeVendors.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), TimeProvider.System);
    return 0;
}

using var stop = new CancellationTokenSource();
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    if (args is ["report"])
    {
        await PerformancePage.WriteAsync(stop.Token);
        return 0;
    }

    return await Benchmarks.RunAsync(BenchOptions.Read(args), stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
catch (Exception exception) when (exception is BenchException or LauncherException or NpgsqlException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true; // Everything that was started is stopped first.
    stop.Cancel();
}
