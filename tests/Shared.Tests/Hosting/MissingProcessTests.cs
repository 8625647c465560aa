using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class MissingProcessTests
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void A_process_that_died_is_missing() =>
        HealthReporter.Missing([Process(startedAgo: 600, silentFor: 60), Process(startedAgo: 600, silentFor: 0)]).Count.ShouldBe(1);

    [Fact]
    public void A_process_that_started_since_replaces_it() =>
        HealthReporter.Missing([Process(startedAgo: 600, silentFor: 60), Process(startedAgo: 50, silentFor: 0)]).ShouldBeEmpty();

    [Fact]
    public void A_process_that_died_again_and_again_and_lives_is_not_missing() => HealthReporter.Missing(
    [
        Process(startedAgo: 600, silentFor: 60), Process(startedAgo: 55, silentFor: 40), Process(startedAgo: 35, silentFor: 20), Process(startedAgo: 15, silentFor: 0),
    ]).ShouldBeEmpty();

    [Fact]
    public void A_process_that_died_again_and_again_and_is_gone_is_missing_once()
    {
        var last = Process(startedAgo: 35, silentFor: 20);

        HealthReporter.Missing([Process(startedAgo: 600, silentFor: 60), Process(startedAgo: 55, silentFor: 40), last]).ShouldHaveSingleItem().ShouldBe(last);
    }

    [Fact]
    public void A_process_that_died_at_once_is_not_its_own_replacement() =>
        HealthReporter.Missing([Process(startedAgo: 30, silentFor: 30)]).Count.ShouldBe(1);

    [Fact]
    public void One_new_process_does_not_replace_two() => HealthReporter.Missing(
        [Process(startedAgo: 600, silentFor: 60), Process(startedAgo: 600, silentFor: 60), Process(startedAgo: 50, silentFor: 0)]).Count.ShouldBe(1);

    private InstanceRow Process(int startedAgo, int silentFor) => new(new Guid(startedAgo, 0, 0, new byte[8]), "orchestrator", "1", _now.AddSeconds(-startedAgo), silentFor, "[]");
}
