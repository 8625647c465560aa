using LeadOrchestrator.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Is this process fit for requests? Not before its start is done, and not after a stop was asked for.</summary>
public sealed class Readiness
{
    private volatile bool _started;

    /// <summary>The schema is there, the tenant is known, the paths are warm.</summary>
    public bool IsStarted => _started;

    internal void Started() => _started = true;
}

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve, database included; asked often, so it does no more than that.
/// <c>/health</c>: what is wrong and what to do about it, for a person.
/// </summary>
internal static class HealthEndpoints
{
    // Load balancers ask with HEAD as well.
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        group.MapMethods("/live", GetAndHead, (ServiceInstance instance) => TypedResults.Ok(new LiveView("ok", instance.Service)));
        group.MapMethods("/ready", GetAndHead, CheckAsync).Produces<HealthView>().Produces<HealthView>(StatusCodes.Status503ServiceUnavailable);
        group.MapMethods("", GetAndHead, ReportAsync).Produces<HealthReport>().Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<JsonHttpResult<HealthView>> CheckAsync(
        ServiceInstance instance, Readiness readiness, IHostApplicationLifetime lifetime, DatabaseAnswer database, CancellationToken cancel)
    {
        var isDraining = lifetime.ApplicationStopping.IsCancellationRequested;
        var isDatabaseUp = !isDraining && await database.AskAsync(cancel);
        var isReady = readiness.IsStarted && !isDraining && isDatabaseUp;
        var view = new HealthView(
            isReady ? "ok" : isDraining ? "draining" : "unavailable", instance.Service, Build.Version,
            isDatabaseUp ? "up" : "down", Migrator.CurrentVersion);
        return TypedResults.Json(view, statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<JsonHttpResult<HealthReport>> ReportAsync(
        ServiceInstance instance, Readiness readiness, IHostApplicationLifetime lifetime, HealthReporter reporter, CancellationToken cancel)
    {
        var isDraining = lifetime.ApplicationStopping.IsCancellationRequested;
        var database = await reporter.ReadAsync(DatabaseAnswer.Deadline, cancel);
        var checks = reporter.Checks(database);
        var isReady = readiness.IsStarted && !isDraining && database is not null;
        var status = isReady ? checks.All(check => check.Status == HealthReporter.Ok) ? HealthReporter.Ok : "degraded" : isDraining ? "draining" : "unavailable";
        var report = new HealthReport(
            status, instance.Service, Build.Version, Build.Commit, Build.Runtime, database is null ? "down" : "up", database?.PostgreSql,
            database?.Schema ?? Migrator.CurrentVersion, Migrator.CurrentVersion, checks, HealthReporter.Instances(database));
        return TypedResults.Json(report, statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>The process answers.</summary>
public sealed record LiveView(string Status, string Service);

/// <summary>Can it serve? <c>status</c>: ok, draining, unavailable; <c>database</c>: up, down.</summary>
public sealed record HealthView(string Status, string Service, string Version, string Database, int Schema);

/// <summary>What is wrong, if anything. <c>status</c>: ok, degraded (it serves, and something needs a person), draining, unavailable.</summary>
/// <param name="Schema">The database's version.</param>
/// <param name="SchemaNeeded">The version that this build needs.</param>
public sealed record HealthReport(
    string Status, string Service, string Version, string? Commit, string Runtime, string Database, string? Postgresql, int Schema, int SchemaNeeded,
    IReadOnlyList<HealthCheckView> Checks, IReadOnlyList<InstanceView> Instances);

/// <summary>One check. <c>status</c>: ok or failing; <c>where</c>: the processes in which it fails.</summary>
/// <param name="State">One word for what it is.</param>
/// <param name="Since">Since when it fails, or when it last was well.</param>
/// <param name="Fix">What a person does about it.</param>
public sealed record HealthCheckView(string Name, string Status, string State, DateTimeOffset? Since, string? Fix, IReadOnlyList<string> Where);

/// <summary>A process on this database. <c>status</c>: alive or silent.</summary>
public sealed record InstanceView(Guid Id, string Service, string Version, string Status, DateTimeOffset StartedAt, int SilentSeconds);
