using LeadOrchestrator.Database;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>What the database told for a report.</summary>
internal sealed record DatabaseFacts(string PostgreSql, int Schema, IReadOnlyList<InstanceRow> Instances);

/// <summary>A service's own word for <c>/health</c>, beside what its traffic taught it.</summary>
public interface IOwnChecks
{
    /// <summary>What fails now.</summary>
    IEnumerable<Condition> Failing();
}

/// <summary>Puts together what <c>/health</c> says: this process's checks, the others' through their signs of life, and who is missing.</summary>
public sealed class HealthReporter(LeadDatabase database, InstanceStore instances, ServiceInstance self, Conditions conditions, IEnumerable<IOwnChecks> own)
{
    internal const string Ok = "ok";
    internal const string Failing = "failing";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestLateness = TimeSpan.FromMinutes(2);
    private readonly Lock _lock = new();
    private Task<DatabaseFacts>? _reading;
    private long _readAt;

    /// <summary>The database's part, at most a second old: however many ask, the database is asked once. Null = it does not answer.</summary>
    internal async Task<DatabaseFacts?> ReadAsync(TimeSpan deadline, CancellationToken cancel)
    {
        Task<DatabaseFacts> reading;
        lock (_lock)
        {
            if (_reading is null || (_reading.IsCompleted && TimeProvider.System.GetElapsedTime(_readAt) > Fresh))
            {
                (_reading, _readAt) = (FactsAsync(), TimeProvider.System.GetTimestamp());
            }

            reading = _reading;
        }

        try
        {
            // Left alone at the deadline, as in the readiness check; the next who asks waits for the same answer.
            return await reading.WaitAsync(deadline, cancel);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or WrongRoleException)
        {
            return null;
        }
    }

    /// <summary>All checks, the failing ones first.</summary>
    internal IReadOnlyList<HealthCheckView> Checks(DatabaseFacts? facts)
    {
        var elsewhere = (facts?.Instances ?? []).Where(row => row.IsAlive && row.Id != self.Id)
            .SelectMany(row => row.Failing().Select(condition => (row.Service, Condition: condition)));
        var failing = conditions.Failing.Concat(own.SelectMany(checks => checks.Failing())).Concat(OfTheInstallation(facts))
            .Select(condition => (self.Service, Condition: condition)).Concat(elsewhere)
            .GroupBy(found => (found.Condition.Check, found.Condition.State))
            .Select(group => new HealthCheckView(
                group.Key.Check, Failing, group.Key.State, group.Min(found => found.Condition.Since), group.First().Condition.Fix,
                [.. group.Select(found => found.Item1).Distinct().Order(StringComparer.Ordinal)]))
            .OrderBy(check => check.Name, StringComparer.Ordinal).ToList();
        var names = failing.Select(check => check.Name).ToHashSet(StringComparer.Ordinal);
        var well = conditions.Well.Where(check => !names.Contains(check.Check))
            .Select(check => new HealthCheckView(check.Check, Ok, Ok, check.LastSeen, null, []));
        return [.. failing, .. well];
    }

    /// <summary>Who lives, and who died without being replaced.</summary>
    internal static IReadOnlyList<InstanceView> Instances(DatabaseFacts? facts) =>
    [
        .. (facts?.Instances ?? []).Where(row => row.IsAlive).Concat(Missing(facts?.Instances ?? []))
            .Select(row => new InstanceView(row.Id, row.Service, row.Version, row.IsAlive ? "alive" : "silent", row.StartedAt, row.SilentSeconds)),
    ];

    /// <summary>A process that died counts as missing until another of its service has started since.</summary>
    public static IReadOnlyList<InstanceRow> Missing(IReadOnlyList<InstanceRow> all)
    {
        var missing = new List<InstanceRow>();
        foreach (var service in all.GroupBy(row => row.Service))
        {
            // The one that died last first, as the fewest have started since. Those that started and died too count: a process that dies
            // again and again is missing once, not once for each death.
            var starts = service.OrderBy(row => row.StartedAt).ToList();
            foreach (var dead in service.Where(row => !row.IsAlive).OrderBy(row => row.SilentSeconds).ThenByDescending(row => row.StartedAt))
            {
                var diedAt = TimeProvider.System.GetUtcNow().AddSeconds(-dead.SilentSeconds - 1);
                var replacement = starts.FindIndex(row => row.StartedAt > diedAt && row.StartedAt > dead.StartedAt);
                if (replacement < 0)
                {
                    missing.Add(dead);
                }
                else
                {
                    starts.RemoveAt(replacement);
                }
            }
        }

        return missing;
    }

    private static IEnumerable<Condition> OfTheInstallation(DatabaseFacts? facts)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (facts is null)
        {
            yield return new Condition(DiskWatch.Check, "down", now, "The database does not answer. Look whether PostgreSQL runs (its own log says why not) and whether DATABASE_URL reaches it. Webhooks are answered 503 meanwhile.");
            yield break;
        }

        if (facts.Schema != Migrator.CurrentVersion)
        {
            yield return new Condition("schema", facts.Schema < Migrator.CurrentVersion ? "old" : "newer", now, "The database and this build are of different versions. Fine during a deploy; else run ./run migrate, or deploy the newer build.");
        }

        foreach (var service in Missing(facts.Instances).GroupBy(row => row.Service))
        {
            yield return new Condition("instances", $"{service.Key} missing", now.AddSeconds(-service.Max(row => row.SilentSeconds)),
                $"{service.Count()} process(es) of {service.Key} died and were not replaced. Its work was taken over by the others. Look at the supervisor's log for why it ended, and start it again.");
        }

        if (Gauges.Latest is { } figures && figures.LatenessSeconds > LongestLateness.TotalSeconds)
        {
            yield return new Condition("touch_points", "late", now.AddSeconds(-figures.LatenessSeconds), "Due texts are not being sent. Look at the checks of twilio and instances, and for events 3001 and 3004 in the log of the Orchestrators.");
        }

        if (Gauges.Latest is { } waiting && waiting.InboxOldestSeconds > LongestLateness.TotalSeconds)
        {
            yield return new Condition("inbox", "late", now.AddSeconds(-waiting.InboxOldestSeconds), "Events of the CRM wait. Look at the check of shopmonkey, and for events 2010 and 2012 in the log of the Orchestrators.");
        }
    }

    private async Task<DatabaseFacts> FactsAsync()
    {
        var schema = (await database.DoorAsync<int?>("SELECT max(version) FROM schema_migrations", null, CancellationToken.None)).FirstOrDefault() ?? 0;
        var version = (await database.DoorAsync<string>("SELECT current_setting('server_version')", null, CancellationToken.None))[0];
        return new DatabaseFacts(version, schema, await instances.AllAsync(CancellationToken.None));
    }
}
