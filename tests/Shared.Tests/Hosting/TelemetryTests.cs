using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Shared.Tests.Hosting;

/// <summary>Tests of what a process has only one of: they run when no other test does.</summary>
[CollectionDefinition(nameof(OneProcess), DisableParallelization = true)]
public sealed class OneProcess;

/// <summary>The measurements leave the process as OTLP over HTTP, as Prometheus takes it.</summary>
[Collection(nameof(OneProcess))]
public sealed class TelemetryTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Counters_histograms_and_gauges_arrive_with_their_names_and_tags()
    {
        await using var prometheus = await Receiver.StartAsync();
        var variables = SmallService.Variables(_database.Url);
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = prometheus.Url.ToString();
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "200";
        await using var service = SmallService.Create(variables, add: services => services.AddSingleton<IOwnChecks, AModelThatEndsSoon>());
        await service.StartAsync();

        Measures.WebhookRefused("bad_signature");
        Measures.VendorRequest("twilio", "denied", TimeSpan.FromMilliseconds(12));
        Gauges.Show(new Figures(3, 4, 0, 5, 6, 0, 0, 0, 0, 7, 0, 8, 9, 10, 2, 1, 0));
        service.Get<Conditions>().Failed("twilio", "denied", "mend it");

        await Eventually.TrueAsync(
            () => new[] { "lead.webhooks.refused", "bad_signature", "lead.vendor.request.duration", "lead.touch_points.lateness", "lead.check.failing", "denied", "ends_soon", "lead-orchestrator" }
                .All(name => prometheus.Text.Contains(name, StringComparison.Ordinal)),
            "the measurements at the receiver");
        prometheus.Posts.ShouldContain(post => post.Path == "/v1/metrics");
    }

    private sealed class AModelThatEndsSoon : IOwnChecks
    {
        public IEnumerable<Condition> Failing() => [new Condition("a-model", "ends_soon", DateTimeOffset.UnixEpoch, "Choose another.")];
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "/v1/metrics", "/v1/traces")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces", "/v1/metrics")]
    public async Task The_endpoint_of_one_signal_switches_that_one_on_alone_and_a_given_name_stays(string variable, string path, string other)
    {
        await using var receiver = await Receiver.StartAsync();
        var variables = SmallService.Variables(_database.Url);
        variables[variable] = new Uri(receiver.Url, path).ToString();
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "200";
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        variables["OTEL_SERVICE_NAME"] = "the-shops-own-name";
        await using var service = SmallService.Create(variables, app => app.MapGet("/hello", () => "hello").AllowAnonymous());
        await service.StartAsync();

        await service.Http.GetAsync(new Uri("/hello", UriKind.Relative));
        Measures.WebhookRefused("bad_signature");

        await Eventually.TrueAsync(() => receiver.Posts.Any(post => post.Path == path), "the signal at the receiver");
        receiver.Posts.ShouldNotContain(post => post.Path == other);
        receiver.Text.ShouldContain("the-shops-own-name");
    }
}
