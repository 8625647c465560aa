using System.Diagnostics;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Operations;

/// <summary>Reads the figures for the gauges, and says aloud, once, when one of them asks for a person. Each Orchestrator does it: one alone could be the one that died.</summary>
public sealed partial class OperationsWorker(OperationsStore store, InstanceStore instances, Conditions conditions, OrchestratorSettings settings, ILogger<OperationsWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestUnsettled = TimeSpan.FromMinutes(15);
    private const int NearCapPercent = 90;

    private readonly HashSet<string> _said = [];
    private HashSet<Guid> _missing = [];
    private long? _lateSince;

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Rounds.EveryAsync(Every, RunOnceAsync, exception => CouldNotRead(logger, exception.GetType().Name), stoppingToken);

    /// <summary>One reading.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var all = await instances.AllAsync(cancel);
        var missing = HealthReporter.Missing(all);
        var figures = await store.ReadAsync(cancel) with
        {
            Orchestrators = all.Count(row => row is { IsAlive: true, Service: "orchestrator" }),
            ChatApis = all.Count(row => row is { IsAlive: true, Service: "chat-api" }),
            Missing = missing.Count,
        };
        Gauges.Show(figures);
        // Seen twice: when the database comes back, everybody is silent until their next sign of life.
        var lasting = missing.Count(row => _missing.Contains(row.Id));
        _missing = [.. missing.Select(row => row.Id)];
        Alarm("missing", lasting > 0, () => ProcessMissing(logger, lasting));
        Alarm("unsettled", figures.UnsettledOldestSeconds > LongestUnsettled.TotalSeconds, () => Unsettled(logger, figures.UnsettledOldestSeconds));
        _lateSince = IntakeChecks.IsLate(figures.Intake, settings.PollInterval) ? _lateSince ?? Stopwatch.GetTimestamp() : null;
        IntakeChecks.Judge(conditions, figures.Intake, settings.PollInterval, _lateSince is { } since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero);
        Alarm("cap", figures.AiFullestPercent >= NearCapPercent, () => NearCap(logger, figures.AiFullestPercent));
    }

    // Once when it begins, and again only after it has ended: a line every 15 s is a line that nobody reads.
    private void Alarm(string what, bool isOn, Action say)
    {
        if (!isOn)
        {
            _said.Remove(what);
        }
        else if (_said.Add(what))
        {
            say();
        }
    }

    [LoggerMessage(6001, LogLevel.Warning, "The figures for the gauges could not be read ({Kind}); the next round tries again")]
    private static partial void CouldNotRead(ILogger logger, string kind);

    [LoggerMessage(6002, LogLevel.Error, "{Count} process(es) died and were not replaced: /health names them. Look at the supervisor's log, and start them again")]
    private static partial void ProcessMissing(ILogger logger, int count);

    [LoggerMessage(6003, LogLevel.Error, "A text has been without an outcome for {Seconds} s: is Twilio's list of messages reachable? It is never sent again by guess")]
    private static partial void Unsettled(ILogger logger, long seconds);

    [LoggerMessage(6004, LogLevel.Error, "A tenant has used {Percent} % of its AI money of today; at 100 % its assistant says until tomorrow that the shop has the message; PUT /api/budgets gives more")]
    private static partial void NearCap(ILogger logger, long percent);
}
