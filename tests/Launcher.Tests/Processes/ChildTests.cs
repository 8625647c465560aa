using System.Diagnostics;
using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Launcher.Tests.Processes;

/// <summary>On Linux and macOS; the children are shell scripts.</summary>
public sealed class ChildTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Both_outputs_are_in_its_log_and_the_log_before_is_kept()
    {
        var (exitCode, log) = await Child.RunAsync(Script("echo \"hello $NAME\"; echo oops >&2; exit 3") with
        {
            Environment = new Dictionary<string, string?> { ["NAME"] = "shop", ["PATH"] = Environment.GetEnvironmentVariable("PATH") },
        }, CancellationToken.None);
        await Child.RunAsync(Script("echo again"), CancellationToken.None);

        exitCode.ShouldBe(3);
        log.LastLines.ShouldBe(["hello shop", "oops"], ignoreOrder: true);
        (await File.ReadAllTextAsync(_folder.At("child.log"))).ShouldBe("again\n");
        (await File.ReadAllTextAsync(_folder.At("child.previous.log"))).ShouldContain("hello shop");
    }

    [Fact]
    public async Task Stopping_it_ends_what_it_has_started_too()
    {
        await using var child = await Child.StartAsync(Script("sleep 1000 & echo $!; wait"));
        var grandchild = int.Parse(await Eventually.ValueAsync(() => Task.FromResult(child.Log.LastLines.FirstOrDefault()), "the script says its child's id"), provider: null);

        await child.StopAsync(TimeSpan.FromSeconds(10));

        child.HasExited.ShouldBeTrue();
        await Eventually.TrueAsync(() => IsGone(grandchild), "the grandchild ends");
    }

    [Fact]
    public async Task One_that_does_not_listen_is_ended_when_the_patience_is_over()
    {
        await using var child = await Child.StartAsync(Script("trap '' TERM; echo ready; while :; do sleep 1; done"));
        await Eventually.TrueAsync(() => child.Log.LastLines.Count > 0, "the script is ready");

        await child.StopAsync(TimeSpan.FromMilliseconds(50));

        child.HasExited.ShouldBeTrue();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_by_name()
    {
        var command = new ChildCommand("Something", _folder.At("missing"), [], _folder.Path, _folder.At("child.log")) { HasTree = false };

        // Under setsid and sh it is the shell that finds nothing; elsewhere the start itself fails.
        var failed = OperatingSystem.IsLinux()
            ? (await Child.RunAsync(command, CancellationToken.None)).ExitCode == 127
            : (await Should.ThrowAsync<LauncherException>(() => Child.StartAsync(command))).Message.Contains("Something", StringComparison.Ordinal);

        failed.ShouldBeTrue();
    }

    public void Dispose() => _folder.Dispose();

    private ChildCommand Script(string script) => new("child", "sh", ["-c", script], _folder.Path, _folder.At("child.log"));

    private static bool IsGone(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited || (OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{processId}/cmdline").Length == 0);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return true;
        }
    }
}
