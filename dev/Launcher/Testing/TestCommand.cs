using System.Diagnostics;
using System.Globalization;
using LeadOrchestrator.Launcher.Building;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;

namespace LeadOrchestrator.Launcher.Testing;

/// <summary><c>./run test</c>: installs what it can, builds, runs every runner, adds up what their reports say.</summary>
internal sealed class TestCommand(Repository repository, string? name, Progress progress)
{
    // Three times what the longest took on a slow machine: it is for what hangs.
    private static readonly TimeSpan RunnerLimit = TimeSpan.FromMinutes(40);

    private readonly Builder _builder = new(repository, progress);
    private readonly TestSummary _summary = new();
    private readonly string _results = Path.Combine(repository.Data, "test-results");

    /// <summary>The last line printed is <see cref="TestSummary.LastLine"/>, alone, whatever happened before.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var selection = TestSelection.From(name, TestProjects.Find(repository));
        try
        {
            await RunSelectionAsync(selection, stop);
        }
        catch (LauncherException exception)
        {
            _summary.Add(TestReport.Broken("./run test", exception.Message));
        }

        if (_summary.Passed + _summary.Failed == 0)
        {
            _summary.Add(TestReport.Broken("./run test", $"No test has a name with {name} in it."));
        }

        foreach (var line in _summary.FailureLines())
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(_summary.LastLine);
        return _summary.ExitCode;
    }

    private async Task RunSelectionAsync(TestSelection selection, CancellationToken stop)
    {
        Directory.CreateDirectory(_results);
        var browser = selection.HasBrowser ? Chromium.FindOrInstallAsync(repository, progress, stop) : Task.FromResult<string?>(null);
        var build = BuildAsync(selection, stop);
        var isWebBuilt = await PrepareWebAsync(stop);
        await Task.WhenAll(browser, build);

        if (selection.Projects.Count > 0)
        {
            await using var postgres = await EmbeddedPostgres.StartTemporaryAsync(repository.Root, stop);
            var environment = new Dictionary<string, string?>
            {
                ["TEST_DATABASE_URL"] = postgres.ConnectionString,
                ["CHROMIUM_PATH"] = await browser,
                ["DOTNET_NOLOGO"] = "1",
            };
            foreach (var project in selection.Projects)
            {
                Add(project.Name, await RunProjectAsync(project, selection.Filter, environment, stop));
            }
        }

        if (selection.HasWeb && isWebBuilt)
        {
            Add("web", await RunWebAsync(selection.Filter, stop));
        }
    }

    private Task BuildAsync(TestSelection selection, CancellationToken stop) => selection switch
    {
        { Projects: [] } => Task.CompletedTask,
        { Projects: [var one], Filter: null } => _builder.BuildPartAsync(one, stop),
        _ => _builder.BuildAllAsync(stop),
    };

    /// <summary>A web side that does not install or build is a failure of its own; the other tests still tell what they know.</summary>
    private async Task<bool> PrepareWebAsync(CancellationToken stop)
    {
        try
        {
            await _builder.InstallPackagesAsync(stop);
            await _builder.BuildWebAsync(stop);
            return true;
        }
        catch (LauncherException exception)
        {
            Add("web", TestReport.Broken("web/chat", exception.Message));
            return false;
        }
    }

    private async Task<TestReport> RunProjectAsync(TestProject project, string? filter, Dictionary<string, string?> environment, CancellationToken stop)
    {
        var report = Fresh(project.Name);
        List<string> arguments = [repository.At(project.Dll), "-noLogo", "-noColor", "-result-ctrf", report];
        if (filter is not null)
        {
            arguments.AddRange(["-method", $"*{filter}*"]);
        }

        var command = new ChildCommand(project.Name, "dotnet", arguments, repository.Root, repository.Log($"test-{project.Name}")) { Environment = environment };
        return await RunRunnerAsync(command, exitCode => TestReport.From(project.Name, report, exitCode, TestReport.ReadCtrf), filter, stop);
    }

    private async Task<TestReport> RunWebAsync(string? filter, CancellationToken stop)
    {
        var report = Fresh("web");
        List<string> arguments = ["test", "-w", "web/chat", "--", "--run", "--reporter=default", "--reporter=json", $"--outputFile.json={report}"];
        if (filter is not null)
        {
            arguments.AddRange(["-t", filter, "--passWithNoTests"]);
        }

        var command = new ChildCommand("web", "npm", arguments, repository.Root, repository.Log("test-web"));
        return await RunRunnerAsync(command, exitCode => TestReport.From("web", report, exitCode, TestReport.ReadVitest), filter, stop);
    }

    private async Task<TestReport> RunRunnerAsync(ChildCommand command, Func<int, TestReport> read, string? filter, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(RunnerLimit);
        try
        {
            var run = Child.RunAsync(command, limit.Token);
            await progress.WhileAsync($"Running {command.Name}", run);
            var (exitCode, log) = await run;
            var report = read(exitCode);
            return report switch
            {
                { Ran: 0, Skipped: 0 } when filter is null => TestReport.Broken(command.Name, "Not one test ran."),
                { Passed: 0, Failures: [{ Name: var only }] } when only == command.Name =>
                    TestReport.Broken(command.Name, $"{report.Failures[0].Message}\n{string.Join('\n', log.LastLines.TakeLast(20))}"),
                _ => report,
            };
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return TestReport.Broken(command.Name, $"It was not done after {RunnerLimit.TotalMinutes:0} minutes and was ended; its log is {command.LogFile}.");
        }
    }

    private void Add(string runner, TestReport report)
    {
        _summary.Add(report);
        progress.Say(string.Create(CultureInfo.InvariantCulture,
            $"{runner}: {report.Passed} passed, {report.Failed} failed{(report.Skipped > 0 ? $", {report.Skipped} skipped" : "")}"));
    }

    private string Fresh(string runner)
    {
        var file = Path.Combine(_results, runner + ".json");
        File.Delete(file);
        return file;
    }
}
