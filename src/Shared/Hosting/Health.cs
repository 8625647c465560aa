using System.Reflection;
using LeadOrchestrator.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Is this process fit for requests? Not before its start is done, and not after a stop was asked for.</summary>
public sealed class Readiness
{
    private volatile bool _started;

    /// <summary>The schema is there, the tenant is known, the paths are warm.</summary>
    public bool IsStarted => _started;

    internal void Started() => _started = true;
}

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve, database included. <c>/health</c>: the same with details.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan DatabaseDeadline = TimeSpan.FromSeconds(2);
    private static readonly string Version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    // Load balancers ask with HEAD as well.
    private static readonly string[] GetAndHead = ["GET", "HEAD"];

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        group.MapMethods("/live", GetAndHead, (ServiceInstance instance) => TypedResults.Ok(new LiveView("ok", instance.Service)));
        group.MapMethods("/ready", GetAndHead, CheckAsync);
        group.MapMethods("", GetAndHead, CheckAsync);
    }

    private static async Task<JsonHttpResult<HealthView>> CheckAsync(
        ServiceInstance instance, Readiness readiness, IHostApplicationLifetime lifetime, LeadDatabase database, CancellationToken cancel)
    {
        var isDraining = lifetime.ApplicationStopping.IsCancellationRequested;
        var isDatabaseUp = !isDraining && await IsUpAsync(database, cancel);
        var isReady = readiness.IsStarted && !isDraining && isDatabaseUp;
        var view = new HealthView(
            isReady ? "ok" : isDraining ? "draining" : "unavailable", instance.Service, Version,
            isDatabaseUp ? "up" : "down", Migrator.CurrentVersion);
        return TypedResults.Json(view, statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> IsUpAsync(LeadDatabase database, CancellationToken cancel)
    {
        try
        {
            // Left alone at the deadline: on a silent network, cancelling the query waits for that network too (20 s, measured).
            return await AnswersAsync(database).WaitAsync(DatabaseDeadline, cancel);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or WrongRoleException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(LeadDatabase database)
    {
        await using var command = database.Source.CreateCommand("SELECT 1");
        return await command.ExecuteScalarAsync() is 1;
    }
}

/// <summary>The process answers.</summary>
public sealed record LiveView(string Status, string Service);

/// <summary>Can it serve? <c>status</c>: ok, draining, unavailable; <c>database</c>: up, down.</summary>
public sealed record HealthView(string Status, string Service, string Version, string Database, int Schema);
