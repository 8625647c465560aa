using System.Text.RegularExpressions;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Architecture.Tests;

/// <summary>What no file of the product contains, whoever writes it.</summary>
public sealed partial class CodeTests
{
    private const int MostLines = 350;

    [Fact]
    public void Nobody_reads_the_machines_clock() => NoneIn(Clock());

    [Fact]
    public void No_client_is_made_by_hand() => NoneIn(HandMadeClient(), new()
    {
        ["src/Shared/Hosting/BusinessClock.cs"] = "the test clock's reader is made before there is a container, and renews its connections itself",
    });

    [Fact]
    public void Nobody_blocks_on_a_task_or_starts_what_nobody_awaits() => NoneIn(Blocking());

    [Fact]
    public void Log_messages_are_generated() => NoneIn(LogExtension());

    [Fact]
    public void The_environment_is_read_in_one_place_per_service() => NoneIn(Environment(), new()
    {
        ["src/Shared/Hosting/Variables.cs"] = "this is the place",
        ["src/Shared/Hosting/ServiceHost.cs"] = "tests give the variables here",
        ["src/Shared/Hosting/Telemetry.cs"] = "OpenTelemetry reads its own standard names; only whether to begin is asked",
        ["src/Orchestrator/OrchestratorApp.cs"] = "hands the configuration to its settings",
        ["src/ChatApi/ChatApiApp.cs"] = "hands the configuration to its settings",
        ["src/ChatApi/ChatApiSettings.cs"] = "reads this service's variables",
        ["src/Database/Program.cs"] = "the migrate command has one variable",
        ["src/Orchestrator/Imports/CsvForm.cs"] = "a namespace of CsvHelper is called so",
    });

    // Options of our own would be judged when first used, hours after the start: settings are records that are read, all of them, before it.
    [Fact]
    public void Settings_are_judged_before_the_start() => NoneIn(LazyOptions(), new()
    {
        ["src/Orchestrator/Web/ChatPage.cs"] = "the framework's own options, set to a constant: nothing of the environment is in them",
    });

    // PostgreSQL refuses half a character, and all that is stored together with it: PlainText.Cut knows where one ends.
    [Fact]
    public void What_people_wrote_is_cut_at_whole_characters() => NoneIn(CutAtAnIndex());

    // In .NET that class holds surrogates and joiners, so that no emoji and no family of them would be let in: [PlainText] says what is meant.
    [Fact]
    public void What_people_type_may_hold_emoji() => SourceFiles.In("src").Where(file => file.Text.Contains(@"\P{C}", StringComparison.Ordinal) || file.Text.Contains(@"[^\p{C}]", StringComparison.Ordinal))
        .Select(file => file.Path).ShouldBeEmpty();

    [Fact]
    public void The_product_does_not_know_what_stands_in_for_its_vendors() =>
        SourceFiles.In("src").Where(file => file.Text.Contains("sandbox", StringComparison.OrdinalIgnoreCase)).Select(file => file.Path).ShouldBeEmpty();

    [Fact]
    public void Nothing_is_left_for_later() => SourceFiles.In("")
        .Where(file => file.Name is not "package-lock.json" and not "packages.lock.json" && file.Name != "CodeTests.cs" && ForLater().IsMatch(file.Text))
        .Select(file => file.Path).ShouldBeEmpty();

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on() => SourceFiles.In("")
        .Where(file => file.Name != "CodeTests.cs" && MachinePath().IsMatch(file.Text)).Select(file => file.Path).ShouldBeEmpty();

    [Fact]
    public void A_file_fits_a_sitting() => new[] { "src", "dev", "tests", "bench", "web" }.SelectMany(SourceFiles.In)
        .Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal) || (file.Name.EndsWith(".ts", StringComparison.Ordinal) && !file.Name.EndsWith(".d.ts", StringComparison.Ordinal)) || file.Name.EndsWith(".tsx", StringComparison.Ordinal))
        .Where(file => file.Text.AsSpan().Count('\n') > MostLines).Select(file => file.Path).ShouldBeEmpty();

    [Fact]
    public void No_folder_is_named_after_nothing() => new[] { "src", "dev", "tests", "bench", "web" }.SelectMany(SourceFiles.Folders)
        .Where(folder => folder.Split('/')[^1] is "Helpers" or "Utils" or "Common" or "Managers" or "helpers" or "utils" or "common" or "managers").ShouldBeEmpty();

    [Fact]
    public void Every_file_is_in_the_namespace_of_its_folder()
    {
        var wrong = new[] { "src", "dev", "tests" }.SelectMany(SourceFiles.In)
            .Where(file => file.Name.EndsWith(".cs", StringComparison.Ordinal))
            .Select(file => (file, found: Namespace().Match(file.Text)))
            .Where(at => at.found.Success && at.found.Groups[1].Value != $"LeadOrchestrator.{string.Join('.', at.file.Path.Split('/')[1..^1])}")
            .Select(at => at.file.Path);
        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData("LICENSE")]
    [InlineData("docs/ARCHITECTURE.md")]
    [InlineData("docs/DATABASE.md")]
    [InlineData("docs/API.md")]
    [InlineData("docs/LOGGING.md")]
    [InlineData("docs/HANDOFF.md")]
    public void The_documentation_is_there(string path) => (new FileInfo(Repository.Path(path)) is { Exists: true, Length: > 200 }).ShouldBeTrue();

    [Fact]
    public void What_the_documentation_points_at_exists()
    {
        var gone = SourceFiles.In("docs").Append(new SourceFile("README.md", ReadIfThere("README.md"))).Append(new SourceFile("CONTRIBUTING.md", ReadIfThere("CONTRIBUTING.md")))
            .Where(file => file.Name.EndsWith(".md", StringComparison.Ordinal))
            .SelectMany(file => PathInText().Matches(file.Text).Select(found => (file.Path, Target: found.Groups[1].Value.TrimEnd('/', '.'))))
            .Where(found => !found.Target.Contains("NNNN", StringComparison.Ordinal) && !Path.Exists(Repository.Path(found.Target)))
            .Select(found => $"{found.Path} → {found.Target}");
        gone.ShouldBeEmpty();
    }

    private static void NoneIn(Regex pattern, Dictionary<string, string>? allowed = null) => SourceFiles.Product
        .Where(file => allowed?.ContainsKey(file.Path) is not true)
        .SelectMany(file => file.CodeMatches(pattern)).ShouldBeEmpty();

    private static string ReadIfThere(string path) => File.Exists(Repository.Path(path)) ? File.ReadAllText(Repository.Path(path)) : "";

    [GeneratedRegex(@"\[\.\.\(?Longest")]
    private static partial Regex CutAtAnIndex();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Now|UtcNow|Today)\b")]
    private static partial Regex Clock();

    [GeneratedRegex(@"new HttpClient\s*\(|\bHttpClient\s+\w+\s*=\s*new\s*\(")]
    private static partial Regex HandMadeClient();

    [GeneratedRegex(@"\.Result\b(?!s)|\.Wait\(\)|\.GetAwaiter\(\)\.GetResult\(\)|\basync void\b|Thread\.Sleep")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex LogExtension();

    [GeneratedRegex(@"\bIConfiguration\b|\.Configuration\b|GetEnvironmentVariable")]
    private static partial Regex Environment();

    [GeneratedRegex(@"\bAddOptions\b|\bIOptions(Snapshot|Monitor)?<(?!AuthenticationSchemeOptions)\w+>|\.Configure<(?!HostOptions>|RouteHandlerOptions>|ForwardedHeadersOptions>)")]
    private static partial Regex LazyOptions();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex ForLater();

    [GeneratedRegex(@"(?<![\w.])/(home|Users|root|work)/\w|C:\\\\?Users")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"[`(]((?:src|dev|tests|web|bench|docs)/[\w./\-]+)[`)]")]
    private static partial Regex PathInText();
}
