using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Traces and metrics by OTLP; off unless <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    internal static void AddTelemetry(this WebApplicationBuilder builder, ServiceInstance instance)
    {
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not { Length: > 0 })
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"lead-{instance.Service}", serviceVersion: Build.Version, serviceInstanceId: instance.Id.ToString()))
            .UseOtlpExporter()
            .WithTracing(tracing => tracing
                .AddSource(ServiceHost.Activities.Name)
                .AddNpgsql()
                .AddHttpClientInstrumentation()
                .AddAspNetCoreInstrumentation(web =>
                {
                    web.Filter = context => !context.Request.Path.StartsWithSegments("/health");
                    web.EnrichWithHttpRequest = (activity, request) => activity.SetTag("url.path", Redaction.Path(request.Path));
                }))
            .WithMetrics(metrics => metrics
                .AddMeter(ServiceHost.Activities.Name)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());
    }

    /// <summary>Goes on with a trace that a row carried over a queue or to the other service; a bad or absent id begins a new one.</summary>
    /// <param name="traceParent">W3C traceparent, as stored with the row.</param>
    public static Activity? Continue(string name, string? traceParent, ActivityKind kind = ActivityKind.Internal) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? ServiceHost.Activities.StartActivity(name, kind, parent)
            : ServiceHost.Activities.StartActivity(name, kind);

    /// <summary>The current trace in the form in which rows carry it.</summary>
    public static string? CurrentTraceParent => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
}
