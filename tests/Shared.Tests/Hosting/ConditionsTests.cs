using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Shared.Tests.Hosting;

public sealed class ConditionsTests
{
    private readonly Conditions _conditions = new(NullLogger<Conditions>.Instance);

    [Fact]
    public void A_failure_lasts_until_the_next_success()
    {
        _conditions.Failed("twilio", "denied", "mend it");

        var failing = _conditions.Failing.ShouldHaveSingleItem();
        (failing.Check, failing.State, failing.Fix).ShouldBe(("twilio", "denied", "mend it"));

        _conditions.Succeeded("twilio");

        _conditions.Failing.ShouldBeEmpty();
        _conditions.Well.ShouldHaveSingleItem().Check.ShouldBe("twilio");
    }

    [Fact]
    public void A_few_failures_in_a_row_are_weather_and_one_more_is_an_outage()
    {
        _conditions.Failed("twilio", "outage", "wait", most: 2);
        _conditions.Failed("twilio", "outage", "wait", most: 2);
        _conditions.Succeeded("twilio");
        _conditions.Failed("twilio", "outage", "wait", most: 2);
        _conditions.Failed("twilio", "outage", "wait", most: 2);
        _conditions.Failing.ShouldBeEmpty();

        _conditions.Failed("twilio", "outage", "wait", most: 2);

        _conditions.Failing.ShouldHaveSingleItem().State.ShouldBe("outage");
    }

    [Fact]
    public void It_is_known_since_when_it_fails_and_not_since_when_it_was_last_seen()
    {
        _conditions.Failed("claude", "model_retired", "choose another");
        var since = _conditions.Failing[0].Since;

        _conditions.Failed("claude", "model_retired", "choose another");

        _conditions.Failing.ShouldHaveSingleItem().Since.ShouldBe(since);
    }

    [Fact]
    public void A_success_of_one_kind_does_not_end_a_failure_of_another()
    {
        _conditions.Failed("database", "disk_full", "free space");

        _conditions.Succeeded("database", only: "down");

        _conditions.Failing.ShouldHaveSingleItem().State.ShouldBe("disk_full");
    }
}
