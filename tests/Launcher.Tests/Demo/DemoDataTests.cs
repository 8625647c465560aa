using LeadOrchestrator.Launcher.Demo;

namespace LeadOrchestrator.Launcher.Tests.Demo;

public sealed class DemoDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_second_demo_on_other_ports_has_data_of_its_own()
    {
        var first = new Repository(_folder.Path).OfCopy(Ports.DefaultBase);
        var second = new Repository(_folder.Path).OfCopy(4000);

        await using var one = await DemoData.ClaimAsync(first, CancellationToken.None);
        await using var other = await DemoData.ClaimAsync(second, CancellationToken.None);

        DemoData.Postgres(first).ShouldBe(_folder.At(".data", "postgres"));
        DemoData.Postgres(second).ShouldBe(_folder.At(".data", "4000", "postgres"));
        DemoData.Sandbox(second).ShouldNotBe(DemoData.Sandbox(first));
        second.Log("orchestrator").ShouldNotBe(first.Log("orchestrator"));
        second.Data.ShouldBe(first.Data, "what is built is built once");
    }

    [Fact]
    public async Task Two_demos_on_the_same_ports_are_one_too_many()
    {
        var copy = new Repository(_folder.Path).OfCopy(4000);
        await using var one = await DemoData.ClaimAsync(copy, CancellationToken.None);

        (await Should.ThrowAsync<LauncherException>(() => DemoData.ClaimAsync(copy, CancellationToken.None))).Message.ShouldContain("--port-base");
    }

    public void Dispose() => _folder.Dispose();
}
