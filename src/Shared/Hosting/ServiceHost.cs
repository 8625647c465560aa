using System.Diagnostics;
using LeadOrchestrator.Shared.Auth;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>What every service of the system is made of: settings, database, clock, logs, traces, health, sign-in, errors as problem details.</summary>
public static class ServiceHost
{
    /// <summary>A SIGTERM drains: sends in flight finish, streams are told to reconnect; the exit comes within this time.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(35);

    /// <summary>Largest request body in bytes; the webhooks' limit of the contract.</summary>
    public const long MaxRequestBytes = 1 << 20;

    /// <summary>The activities of this system, in every trace.</summary>
    public static readonly ActivitySource Activities = new("LeadOrchestrator");

    /// <summary>A builder whose configuration is the environment, or only <paramref name="variables"/> when they are given (tests).</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, IReadOnlyDictionary<string, string?>? variables)
    {
        // Content root = the program's own folder: pages are found whatever the working directory is.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if (variables is not null)
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(variables);
        }

        return builder;
    }

    /// <summary>Registers the common parts. <paramref name="service"/> is the process's name in health, traces and the instance table.</summary>
    public static void AddPlatform(this WebApplicationBuilder builder, string service, PlatformSettings settings, int port)
    {
        Failpoint.Arm(settings.Failpoint);
        var instance = new ServiceInstance(Guid.CreateVersion7(), service);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            kestrel.ListenAnyIP(port);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(instance);
        builder.AddLogs(settings);
        builder.AddClock(settings);
        builder.AddTelemetry(instance);
        builder.AddErrorReports(settings, instance);
        builder.Services.AddSingleton(_ => DataSource.Create(settings.Database, service));
        builder.Services.AddSingleton<LeadDatabase>();
        builder.Services.AddKeyedSingleton(LeadDatabase.Door, (_, _) => DataSource.Create(settings.Database, service, connections: 2));
        builder.Services.AddKeyedSingleton(LeadDatabase.Door, (services, key) => new LeadDatabase(services.GetRequiredKeyedService<NpgsqlDataSource>(key)));
        builder.Services.AddSingleton(services => new DatabaseAnswer(services.GetRequiredService<LeadDatabase>()));
        builder.Services.AddSingleton<TenantStore>();
        builder.Services.AddSingleton<DefaultTenant>();
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<StartUp>();
        builder.Services.AddSingleton<Conditions>()
            .AddSingleton<TenantConditions>().AddSingleton<IOwnChecks>(services => services.GetRequiredService<TenantConditions>())
            .AddSingleton<ClockWatch>().AddSingleton<InstanceStore>().AddSingleton<HealthReporter>();
        builder.Services.AddSingleton<IHttpMessageHandlerBuilderFilter, VendorObservation>();
        builder.Services.AddHostedService<Heartbeat>();
        builder.Services.AddHostedService<DiskWatch>();
        builder.Services.AddProblems();
        builder.Services.AddStaffSignIn();
        builder.Services.AddOpenApi("v1", ApiDescription.Describe);
        builder.Services.ConfigureHttpJsonOptions(json => JsonNames.Configure(json.SerializerOptions));
    }

    /// <summary>Adds the middleware that every service has, in its order.</summary>
    /// <param name="publicFiles">Adds what serves files to everybody, ahead of signing in.</param>
    public static void UsePlatform(this WebApplication app, Action<WebApplication>? publicFiles = null)
    {
        Gauges.Watch(app.Services.GetRequiredService<Conditions>(), app.Services.GetServices<IOwnChecks>());
        app.Use(SecurityHeaders);
        publicFiles?.Invoke(app);
        app.Use(CloseWhileStopping(app.Lifetime.ApplicationStopping));
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.Use(RefuseNul);
        app.Use(NameUtf8);
        app.UseRouting();
        app.Use(StaffSignIn.LetMissesPass);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapDocumentation();
    }

    // A page of ours is never framed, sniffed or told to others; the chat page adds its own content policy. What the API says is somebody's, and no cache keeps it.
    private static Task SecurityHeaders(HttpContext context, RequestDelegate next)
    {
        // As late as possible: the exception handler begins its answer with empty headers.
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.XFrameOptions = "DENY";
            if (headers.CacheControl.Count == 0 && context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        }, context);
        return next(context);
    }

    // Who keeps a connection would send the next request into one that is just being closed, and not know whether it was heard.
    private static Func<HttpContext, RequestDelegate, Task> CloseWhileStopping(CancellationToken stopping) => (context, next) =>
    {
        if (stopping.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    };

    // PostgreSQL takes no NUL in a text, and a statement that fails over one costs a pooled connection.
    private static Task RefuseNul(HttpContext context, RequestDelegate next) =>
        context.Request.Path.Value?.Contains('\0', StringComparison.Ordinal) == true
        || context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true
            ? Results.Problem("The address holds a NUL.", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context)
            : next(context);

    // "utf8" and a quoted "utf-8" are what many clients write; the reader of JSON knows no charset but utf-8 by its plain name.
    private static Task NameUtf8(HttpContext context, RequestDelegate next)
    {
        if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue
            && HeaderUtilities.RemoveQuotes(type.Charset).Value?.ToUpperInvariant() is "" or "UTF8" or "UTF-8")
        {
            type.Charset = "utf-8";
            context.Request.ContentType = type.ToString();
        }

        return next(context);
    }

    private static void AddLogs(this WebApplicationBuilder builder, PlatformSettings settings)
    {
        var least = settings.LogLevel switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "fatal" => LogLevel.Critical,
            "silent" => LogLevel.None,
            _ => LogLevel.Information,
        };
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(least);
        // The framework logs each request with its path, and paths hold capability links: its requests stay silent below a warning.
        builder.Logging.AddFilter("Microsoft", level => level >= LogLevel.Warning && level >= least);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", level => level >= LogLevel.Information && level >= least);
        builder.Logging.AddFilter("System.Net.Http", level => level >= LogLevel.Warning && level >= least);
        builder.Logging.AddFilter("Yarp", level => level >= LogLevel.Error && level >= least);
        // Each unauthenticated request would be a line.
        builder.Logging.AddFilter(typeof(StaffSignIn).Namespace, level => level >= LogLevel.Warning && level >= least);
        // The exception handler logs what it handles, once, with what it answered.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", _ => false);
        builder.Logging.AddConsole(console => console.FormatterName = LogFormatter.FormatterName);
        builder.Services.AddSingleton<ConsoleFormatter>(services =>
            new LogFormatter(services.GetRequiredService<TimeProvider>(), json: builder.Environment.IsProduction()));
    }

    private static void AddClock(this WebApplicationBuilder builder, PlatformSettings settings)
    {
        var clock = new BusinessClock();
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<TimeProvider>(clock);
        if (settings.TestClockUrl is { } url)
        {
            builder.Services.AddHostedService(services => new TestClockReader(clock, url, services.GetRequiredService<ILogger<TestClockReader>>()));
        }
    }
}

/// <summary>This running process: its id is the owner of what it claims.</summary>
public sealed record ServiceInstance(Guid Id, string Service);

/// <summary>The pool of connections, each of which is <c>lead_app</c> or refused.</summary>
internal static class DataSource
{
    private const string WhoAmI = "SELECT current_user::text";

    /// <param name="connections">At most so many, of which one stays open; null = what the connection string says.</param>
    public static NpgsqlDataSource Create(string connectionString, string service, int? connections = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = $"lead-{service}",
            // Preparing gains 1.7 times on the hot statements: planning costs more than running them.
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            // A peer that died without a word is noticed, instead of hanging until TCP gives up.
            KeepAlive = 15,
            Timeout = 5,
            CommandTimeout = 15,
            CancellationTimeout = 2000,
            IncludeErrorDetail = false,
            // Nothing of ours outlives its transaction (the tenant is set for the transaction, locks too), so there is nothing to reset;
            // the reset would be six statements before each first query (1.6 times the webhooks without it, measured).
            NoResetOnClose = true,
        };
        if (connections is { } most)
        {
            (settings.MinPoolSize, settings.MaxPoolSize) = (1, most);
        }

        // A start-up option survives DISCARD ALL, so a pooled connection keeps the role, whoever signs in.
        settings.Options = string.IsNullOrEmpty(settings.Options) ? "-c role=lead_app" : $"{settings.Options} -c role=lead_app";
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(RefuseOtherRoles, RefuseOtherRolesAsync);
        return builder.Build();
    }

    // A pooler in between may drop the option in silence, and then row-level security would be asked as its owner.
    private static async Task RefuseOtherRolesAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(WhoAmI, connection);
        Judge(await command.ExecuteScalarAsync());
    }

    // Npgsql asks for both ways or none; nothing of ours opens a connection synchronously.
    private static void RefuseOtherRoles(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(WhoAmI, connection);
        Judge(command.ExecuteScalar());
    }

    private static void Judge(object? role)
    {
        if (role is not "lead_app")
        {
            throw WrongRoleException.OptionWasDropped();
        }
    }
}

/// <summary>The connection does not act as <c>lead_app</c>, so that tenants would not be apart: it is not used.</summary>
public sealed class WrongRoleException(string message) : Exception(message)
{
    internal static WrongRoleException OptionWasDropped() => new(
        "This connection does not act as lead_app. Is a pooler between us and PostgreSQL that drops the start-up option '-c role=lead_app'? Let it pass (PgBouncer: remove 'options' from ignore_startup_parameters), or sign in as a role whose default role is lead_app.");

    internal static WrongRoleException NotAMember() => new(
        "The role that DATABASE_URL signs in as may not act as lead_app. Let it, as the database's owner: GRANT lead_app TO that_role.");
}
