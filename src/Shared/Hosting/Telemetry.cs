using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Traces and metrics by OTLP, as the standard's variables say; off unless one of the endpoints is set.</summary>
public static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

    /// <summary>The variables that name where to; each switches on what it is for.</summary>
    public static IReadOnlyList<string> Endpoints { get; } = [Endpoint, TracesEndpoint, MetricsEndpoint];

    internal static void AddTelemetry(this WebApplicationBuilder builder, ServiceInstance instance)
    {
        var configuration = builder.Configuration;
        var isForAll = IsSet(configuration, Endpoint);
        if (!isForAll && !IsSet(configuration, TracesEndpoint) && !IsSet(configuration, MetricsEndpoint))
        {
            return;
        }

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Name(resource, configuration, instance));
        if (isForAll)
        {
            telemetry.UseOtlpExporter();
        }

        if (isForAll || IsSet(configuration, TracesEndpoint))
        {
            telemetry.WithTracing(tracing => AddTraces(isForAll ? tracing : tracing.AddOtlpExporter(exporter => PointAt(exporter, configuration, "TRACES"))));
        }

        if (isForAll || IsSet(configuration, MetricsEndpoint))
        {
            telemetry.WithMetrics(metrics => AddMetrics(isForAll ? metrics : metrics.AddOtlpExporter(exporter => PointAt(exporter, configuration, "METRICS"))));
        }
    }

    private static bool IsSet(ConfigurationManager configuration, string variable) => configuration[variable] is { Length: > 0 };

    // A name that the operator gives wins; the library reads it by itself.
    private static void Name(ResourceBuilder resource, ConfigurationManager configuration, ServiceInstance instance)
    {
        var given = IsSet(configuration, "OTEL_SERVICE_NAME")
            ? configuration["OTEL_SERVICE_NAME"]
            : configuration["OTEL_RESOURCE_ATTRIBUTES"]?.Split(',').Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair is ["service.name", _])?[1];
        resource.AddService(given ?? $"lead-{instance.Service}", serviceVersion: Build.Version, serviceInstanceId: instance.Id.ToString());
    }

    // The library reads the variables of one signal only where the one for all is used.
    private static void PointAt(OtlpExporterOptions exporter, ConfigurationManager configuration, string signal)
    {
        exporter.Endpoint = new Uri(configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"]!);
        exporter.Headers = configuration[$"OTEL_EXPORTER_OTLP_{signal}_HEADERS"] ?? exporter.Headers;
        exporter.Protocol = configuration[$"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL"] switch
        {
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            "grpc" => OtlpExportProtocol.Grpc,
            _ => exporter.Protocol,
        };
    }

    private static void AddTraces(TracerProviderBuilder tracing) => tracing
        .AddSource(ServiceHost.Activities.Name)
        .AddNpgsql()
        .AddHttpClientInstrumentation()
        .AddAspNetCoreInstrumentation(web =>
        {
            web.Filter = context => !context.Request.Path.StartsWithSegments("/health");
            web.EnrichWithHttpRequest = (activity, request) => activity.SetTag("url.path", Redaction.Path(request.Path));
        });

    private static void AddMetrics(MeterProviderBuilder metrics) => metrics
        .AddMeter(ServiceHost.Activities.Name)
        .AddAspNetCoreInstrumentation()
        .AddHttpClientInstrumentation()
        .AddRuntimeInstrumentation();

    /// <summary>Goes on with a trace that a row carried over a queue or to the other service; a bad or absent id begins a new one.</summary>
    /// <param name="traceParent">W3C traceparent, as stored with the row.</param>
    public static Activity? Continue(string name, string? traceParent, ActivityKind kind = ActivityKind.Internal) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? ServiceHost.Activities.StartActivity(name, kind, parent)
            : ServiceHost.Activities.StartActivity(name, kind);

    /// <summary>The current trace in the form in which rows carry it.</summary>
    public static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
}
