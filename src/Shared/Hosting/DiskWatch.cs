using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Notices that PostgreSQL answers and yet takes nothing: a full disk, no connection left, a standby. A check by <c>SELECT 1</c> would call that well.</summary>
/// <remarks>
/// The errors are seen where they are thrown, wherever that is; every handler of its own would have to be told otherwise, and the next one would be forgotten.
/// A state ends when a probe that needs new space on the disk succeeds.
/// </remarks>
public sealed class DiskWatch(LeadDatabase database, Conditions conditions) : BackgroundService
{
    /// <summary>The name of the check.</summary>
    public const string Check = "database";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    // More than a table has free, and nothing that compresses: this needs new space. Undone at once.
    private const string Probe = """
        DO $$
        BEGIN
            CREATE TEMP TABLE disk_probe ON COMMIT DROP AS SELECT md5(random()::text) AS filler FROM generate_series(1, 1000);
            DROP TABLE disk_probe;
        END $$
        """;

    private volatile bool _isFailing;

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        AppDomain.CurrentDomain.FirstChanceException += Look;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        AppDomain.CurrentDomain.FirstChanceException -= Look;
        return base.StopAsync(cancellationToken);
    }

    /// <summary>One probe, if anything was seen.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        if (!_isFailing)
        {
            return;
        }

        await database.DoorExecuteAsync(Probe, null, cancel);
        _isFailing = false;
        conditions.Succeeded(Check);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or WrongRoleException)
            {
                continue; // Still so; what it is has been seen by Look.
            }
        }
    }

    private void Look(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (thrown.Exception is not PostgresException refused || Describe(refused.SqlState) is not { } found)
        {
            return;
        }

        _isFailing = true;
        conditions.Failed(Check, found.State, found.Fix);
    }

    private static (string State, string Fix)? Describe(string sqlState) => sqlState switch
    {
        PostgresErrorCodes.DiskFull => ("disk_full", "PostgreSQL's disk is full: webhooks are answered 503 and nothing is sent. Free space or enlarge the volume (never delete in pg_wal by hand); work goes on by itself."),
        PostgresErrorCodes.TooManyConnections => ("too_many_connections", "PostgreSQL has no connection left. Look who holds them (pg_stat_activity), and raise max_connections or put PgBouncer in front."),
        PostgresErrorCodes.ReadOnlySqlTransaction => ("read_only", "The database takes no writes: this is a standby, or it was set read-only. Point DATABASE_URL at the primary."),
        _ => null,
    };
}
