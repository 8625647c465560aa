using System.Net.Sockets;
using LeadOrchestrator.Bench.Measuring;
using LeadOrchestrator.Testing;
using Npgsql;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>The parts of a benchmark whose figures are promises. One that cannot be measured says why, counts as broken, and the others go on.</summary>
internal sealed class Parts(string bench, BenchOptions options)
{
    /// <summary>Runs a part, unless <c>--case</c> asks for another one.</summary>
    public async Task<IReadOnlyList<ReportLine>> RunAsync(string part, Func<Task<IReadOnlyList<ReportLine>>> run)
    {
        if (options.Case is not null && !part.Contains(options.Case, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        try
        {
            Benchmarks.Say($"{bench}: {part}");
            return await run();
        }
        catch (Exception exception) when (exception is BenchException or EventuallyException or NpgsqlException or HttpRequestException or IOException or SocketException)
        {
            Benchmarks.Say($"{bench}: {part} FAILED: {exception.Message}");
            return [new ReportLine(bench, $"{part}: not measured", "", null, null, null, null, null, null, 1) { Note = exception.Message.Split('\n')[0], IsBroken = true }];
        }
    }
}
