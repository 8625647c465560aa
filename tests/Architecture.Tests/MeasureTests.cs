using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Testing;
using YamlDotNet.Serialization;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>What the operator sees: every measure is documented, and the dashboards and alarms ask for nothing that does not exist.</summary>
public sealed partial class MeasureTests
{
    private static readonly IReadOnlyList<Instrument> Instruments = Find();

    private static string Observe(params string[] path) => Repository.Path(["deploy", "observe", .. path]);

    [Fact]
    public void Every_measure_is_in_the_documentation_with_its_unit_and_the_documentation_has_no_other() =>
        MeasureRow().Matches(File.ReadAllText(Repository.Path("docs", "OPERATIONS.md"))).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}")
            .Order(StringComparer.Ordinal).ShouldBe(Instruments.Select(instrument => $"{instrument.Name} {instrument.Unit}").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_measure_says_what_it_is() => Instruments.Where(instrument => string.IsNullOrEmpty(instrument.Description)).Select(instrument => instrument.Name).ShouldBeEmpty();

    [Fact]
    public void Dashboards_and_alerts_ask_for_measures_that_exist()
    {
        var known = Instruments.SelectMany(PrometheusNames).ToHashSet(StringComparer.Ordinal);
        var questions = Expressions();

        questions.Count.ShouldBeGreaterThan(20);
        questions.SelectMany(question => Series().Matches(question).Select(name => name.Value)).Distinct().Where(name => !known.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_measure_is_on_a_dashboard()
    {
        var shown = string.Join('\n', Expressions());
        Instruments.Where(instrument => !PrometheusNames(instrument).Any(name => shown.Contains(name, StringComparison.Ordinal))).Select(instrument => instrument.Name).ShouldBeEmpty();
    }

    [Fact]
    public void Every_alert_is_explained()
    {
        var documentation = File.ReadAllText(Repository.Path("docs", "OPERATIONS.md"));
        Rules().Select(rule => rule["alert"]).Where(alert => !documentation.Contains($"`{alert}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void No_alarm_waits_for_a_counter_to_grow_that_is_born_with_its_first_event() =>
        Rules().Where(rule => GrownAtAll().IsMatch(rule["expr"])).Select(rule => rule["alert"]).ShouldBeEmpty();

    [Theory]
    [InlineData("OPERATIONS.md")]
    [InlineData("LOGGING.md")]
    public void Every_id_of_a_log_event_lies_in_a_block_of_the_handbook(string file)
    {
        var blocks = Block().Matches(File.ReadAllText(Repository.Path("docs", file))).Select(row => (From: int.Parse(row.Groups[1].Value, null), To: int.Parse(row.Groups[2].Value, null))).ToList();
        var ids = SourceFiles.Product.SelectMany(source => EventId().Matches(source.Text)).Select(id => int.Parse(id.Groups[1].Value, null)).Distinct().Order().ToList();

        ids.Count.ShouldBeGreaterThan(100);
        ids.Where(id => !blocks.Any(block => id >= block.From && id <= block.To)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_model_that_can_be_chosen_is_in_the_documentation_with_its_end()
    {
        var rows = File.ReadAllLines(Repository.Path("docs", "OPERATIONS.md"));
        var models = new[] { Providers.Claude, Providers.OpenAi }.SelectMany(provider => AiModels.Of(provider).Select(id => AiModels.Find(provider, id)!)).ToList();

        models.Where(model => !rows.Any(row => row.StartsWith($"| {model.Provider} |", StringComparison.Ordinal) && row.Contains($"`{model.Id}`", StringComparison.Ordinal)
            && row.Contains(model.RetiresOn?.ToString("yyyy-MM-dd", null) ?? "none known", StringComparison.Ordinal))).Select(model => model.Id).ShouldBeEmpty();
    }

    [Fact]
    public void The_files_of_the_set_up_can_be_read_and_lead_to_files_that_exist()
    {
        var compose = Yaml("compose.yml");
        var mounts = ((IEnumerable<object>)((Dictionary<object, object>)((Dictionary<object, object>)compose["services"]).Values.First())["volumes"])
            .Concat((IEnumerable<object>)((Dictionary<object, object>)((Dictionary<object, object>)compose["services"])["grafana"])["volumes"])
            .Select(mount => ((string)mount).Split(':')[0]).Where(path => path.StartsWith('.')).ToList();
        mounts.Count.ShouldBe(4);
        mounts.Where(path => !Path.Exists(Path.GetFullPath(Observe(path)))).ShouldBeEmpty();
        Yaml("prometheus.yml").ShouldContainKey("otlp");
        Yaml("grafana", "provisioning", "datasources", "prometheus.yml").ShouldContainKey("datasources");
        Yaml("grafana", "provisioning", "dashboards", "files.yml").ShouldContainKey("providers");
    }

    // The names that Prometheus gives: dots are underscores, the unit and the kind stand at the end.
    private static IEnumerable<string> PrometheusNames(Instrument instrument)
    {
        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "%" => "_percent", _ => "" };
        var name = instrument.Name.Replace('.', '_') + unit;
        return instrument switch
        {
            Counter<long> => [$"{name}_total"],
            Histogram<double> => [$"{name}_bucket", $"{name}_count", $"{name}_sum"],
            _ => [name],
        };
    }

    private static List<string> Expressions() =>
    [
        .. Directory.GetFiles(Observe("grafana", "dashboards"), "*.json").SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["panels"]!.AsArray())
            .SelectMany(panel => panel!["targets"]!.AsArray()).Select(target => (string)target!["expr"]!),
        .. Rules().Select(rule => rule["expr"]),
    ];

    private static IEnumerable<Dictionary<string, string>> Rules() =>
        ((IEnumerable<object>)Yaml("alerts.yml")["groups"]).SelectMany(group => (IEnumerable<object>)((Dictionary<object, object>)group)["rules"])
        .Select(rule => ((Dictionary<object, object>)rule).Where(entry => entry.Value is string).ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value));

    private static Dictionary<string, object> Yaml(params string[] path) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(File.ReadAllText(Observe(path)));

    private static List<Instrument> Find()
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name == "LeadOrchestrator") { found.Add(instrument); } } };
        RuntimeHelpers.RunClassConstructor(typeof(Measures).TypeHandle);
        RuntimeHelpers.RunClassConstructor(typeof(Gauges).TypeHandle);
        listener.Start();
        return found;
    }

    [GeneratedRegex(@"^\| `(lead\.[a-z_.]+)` \| ([^ |]+) \|", RegexOptions.Multiline)]
    private static partial Regex MeasureRow();

    [GeneratedRegex(@"^\| (\d{4})–(\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\[LoggerMessage\((\d+),")]
    private static partial Regex EventId();

    [GeneratedRegex(@"^\w+\((?:increase|rate|delta)\([^)]*\)\) > 0$")]
    private static partial Regex GrownAtAll();

    [GeneratedRegex(@"\blead_[a-z_]+")]
    private static partial Regex Series();
}
