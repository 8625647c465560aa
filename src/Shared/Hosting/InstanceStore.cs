using System.Text.Json;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>A process as the database knows it.</summary>
/// <param name="SilentSeconds">Since its last sign of life, by the database's clock.</param>
/// <param name="Conditions">The checks that fail in it, as JSON.</param>
public sealed record InstanceRow(Guid Id, string Service, string Version, DateTimeOffset StartedAt, int SilentSeconds, string Conditions)
{
    /// <summary>Longer than the silence after which its work is taken over: an operator is not told of a pause for breath.</summary>
    public const int DeadAfterSeconds = 10;

    /// <summary>Was it seen within the last seconds?</summary>
    public bool IsAlive => SilentSeconds < DeadAfterSeconds;

    /// <summary>What failed in it at its last sign of life; nothing when that cannot be read.</summary>
    public IReadOnlyList<Condition> Failing()
    {
        try
        {
            return JsonSerializer.Deserialize<IReadOnlyList<Condition>>(Conditions) ?? [];
        }
        catch (JsonException)
        {
            return []; // written by a build of another day
        }
    }
}

/// <summary>The table <c>service_instances</c>: who lives, since when, and what fails there. It belongs to no tenant.</summary>
public sealed class InstanceStore(LeadDatabase database, ServiceInstance instance, Conditions conditions, IEnumerable<IOwnChecks> own)
{
    /// <summary>One sign of life; and what has been dead for a day is forgotten.</summary>
    /// <returns>What time it is by the database's clock.</returns>
    public async Task<DateTimeOffset> SayAliveAsync(CancellationToken cancel) => (await database.DoorAsync<DateTimeOffset>("""
        WITH gone AS (DELETE FROM service_instances WHERE seen_at < clock_timestamp() - interval '1 day' AND id <> @Id)
        INSERT INTO service_instances AS i (id, service, version, started_at, seen_at, steady_since, conditions)
        VALUES (@Id, @Service, @Version, clock_timestamp(), clock_timestamp(), clock_timestamp(), @failing)
        ON CONFLICT (id) DO UPDATE
        SET seen_at = excluded.seen_at, conditions = excluded.conditions,
            -- A pause, ours or the database's: what looks dead meanwhile may only have been silent as well.
            steady_since = CASE WHEN i.seen_at < clock_timestamp() - interval '3 seconds' THEN excluded.steady_since ELSE coalesce(i.steady_since, excluded.steady_since) END
        RETURNING clock_timestamp()
        """, new { instance.Id, instance.Service, Build.Version, failing = JsonSerializer.Serialize(conditions.Failing.Concat(own.SelectMany(checks => checks.Failing()))) }, cancel))[0];

    /// <summary>A planned end: a process that says goodbye is not missed.</summary>
    public Task SayGoodbyeAsync(CancellationToken cancel) =>
        database.DoorExecuteAsync("DELETE FROM service_instances WHERE id = @Id", new { instance.Id }, cancel);

    /// <summary>All that were seen within a day, the latest first.</summary>
    public Task<IReadOnlyList<InstanceRow>> AllAsync(CancellationToken cancel) => database.DoorAsync<InstanceRow>("""
        SELECT id, service, version, started_at, greatest(0, extract(epoch FROM clock_timestamp() - seen_at))::int AS silent_seconds, conditions
        FROM service_instances ORDER BY started_at DESC LIMIT 100
        """, null, cancel);
}
