using System.Diagnostics;
using LeadOrchestrator.Database;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Before the first request: waits for the database, refuses an older schema, reads the signing key, makes the default tenant.</summary>
internal sealed partial class StartUp(
    LeadDatabase database, SigningKey signingKey, DefaultTenant defaultTenant, IEnumerable<IWarmUp> warmUps, Readiness readiness, ILogger<StartUp> logger) : IHostedService
{
    /// <summary>How long is waited for what may come up together with this process.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RequireSchemaAsync(cancellationToken);
        await signingKey.LoadAsync(cancellationToken);
        await defaultTenant.EnsureAsync(cancellationToken);
        foreach (var warmUp in warmUps)
        {
            await warmUp.WarmUpAsync(cancellationToken);
        }

        readiness.Started();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Both may come up together (a restarted machine, a compose file): a database that is still away is waited for.
    private async Task RequireSchemaAsync(CancellationToken cancel)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(500), cancel))
        {
            try
            {
                var version = (await database.DoorAsync<int?>("SELECT max(version) FROM schema_migrations", null, cancel)).FirstOrDefault() ?? 0;
                if (version < Migrator.CurrentVersion)
                {
                    throw new OldSchemaException(version);
                }

                return;
            }
            // FATAL: already the sign-in was refused, by its start-up option, and not our query.
            catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.InsufficientPrivilege, InvariantSeverity: "FATAL" })
            {
                throw WrongRoleException.NotAMember();
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege
                or PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject)
            {
                throw new OldSchemaException(0); // Not even the role or the first table is there.
            }
            catch (NpgsqlException exception) when (waited.Elapsed < Patience && exception is not PostgresException { IsTransient: false })
            {
                WaitsForDatabase(logger, exception.GetType().Name);
            }
        }
    }

    [LoggerMessage(1020, LogLevel.Warning, "The database does not answer yet ({Kind}); trying again")]
    private static partial void WaitsForDatabase(ILogger logger, string kind);
}

/// <summary>A path that is run once before the process says that it is ready, so that the first customer does not pay for it.</summary>
public interface IWarmUp
{
    /// <summary>Runs the path without leaving a trace in the data.</summary>
    Task WarmUpAsync(CancellationToken cancel);
}

/// <summary>The database is older than this build.</summary>
public sealed class OldSchemaException(int version) : Exception(
    $"The database has schema {version}, this build needs {Migrator.CurrentVersion}: run ./run migrate first.");

/// <summary>Says every second that this process lives: work that it owned is taken over when it stops saying so.</summary>
public sealed partial class Heartbeat(InstanceStore instances, ClockWatch clock, Conditions conditions, ILogger<Heartbeat> logger) : BackgroundService
{
    /// <summary>A process that has not been seen for this long is dead. Real time of the database.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(3.5);

    private const string Down = "down";
    private const int Weather = 2; // A second or two without an answer is a failover.
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Known before anything can be owned.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunOnceAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
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
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Missed(logger, exception.GetType().Name);
                conditions.Failed(DiskWatch.Check, Down, "The database does not answer. Look whether PostgreSQL runs (its own log says why not) and whether DATABASE_URL reaches it. Webhooks are answered 503 meanwhile.", Weather);
            }
        }
    }

    /// <summary>One sign of life.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        var before = clock.Now;
        clock.Compare(before, await instances.SayAliveAsync(cancel));
        conditions.Succeeded(DiskWatch.Check, only: Down);
    }

    /// <summary>Says goodbye, if the database hears it at once: a planned end is nobody's loss.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await instances.SayGoodbyeAsync(CancellationToken.None).WaitAsync(Every, cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or OperationCanceledException or WrongRoleException)
        {
            Missed(logger, exception.GetType().Name);
        }
    }

    [LoggerMessage(1021, LogLevel.Warning, "A heartbeat could not be stored ({Kind})")]
    private static partial void Missed(ILogger logger, string kind);
}
