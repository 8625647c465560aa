using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>A dead account at Twilio lets its own tenant's texts wait, and nobody else's.</summary>
public sealed class TextPausesTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private static readonly Guid Other = Guid.CreateVersion7();
    private static readonly TwilioAccount Account = new(new Uri("http://localhost"), "AC00000000000000000000000000000000", "token", "+15005550006", null);
    private static readonly SendOutcome Sent = new SendOutcome.Accepted("SM1", "queued");

    private readonly TextPauses _pauses = new(NullLogger<TextPauses>.Instance);

    public static TheoryData<SendOutcome> Faults =>
    [
        new SendOutcome.NotSent("twilio_unreachable", null), new SendOutcome.NotSent("twilio_429", null), new SendOutcome.Unknown("twilio_timeout"),
        new SendOutcome.Unknown("twilio_503"), new SendOutcome.Refused(20003), new SendOutcome.Refused(20101, 401), new SendOutcome.Refused(403, 403), new SendOutcome.Refused(20404, 404),
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void After_five_in_a_row_its_texts_wait_without_a_call(SendOutcome fault)
    {
        for (var number = 1; number < TextPauses.Many; number++)
        {
            End(fault);
        }

        Ask(10).ShouldBe(10);
        End(fault);

        Ask(10).ShouldBe(0);
        _pauses.Waiting().ShouldBe([Tenant]);
        (_pauses.IsResting(Tenant), _pauses.IsResting(Other)).ShouldBe((true, false));
        _pauses.Ask(Other, Account, 10, out _).ShouldBe(10);
    }

    [Fact]
    public void The_wait_is_five_seconds_at_first()
    {
        Die();

        _pauses.Ask(Tenant, Account, 1, out var wait).ShouldBe(0);
        wait.ShouldBeInRange(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(21610)]
    [InlineData(21211)]
    [InlineData(30007)]
    public void A_refused_number_says_nothing_of_the_account(int code)
    {
        for (var number = 0; number < 3 * TextPauses.Many; number++)
        {
            End(new SendOutcome.Refused(code));
        }

        Ask(10).ShouldBe(10);
    }

    [Fact]
    public void One_text_that_goes_out_begins_the_count_anew()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var number = 1; number < TextPauses.Many; number++)
            {
                End(new SendOutcome.NotSent("twilio_unreachable", null));
            }

            End(Sent);
        }

        Ask(10).ShouldBe(10);
    }

    [Fact]
    public async Task When_the_wait_is_over_one_text_tries_and_its_success_lets_the_others_go()
    {
        Die();
        await Eventually.TrueAsync(() => _pauses.Waiting().Length == 0, "the wait to be over");

        Ask(10).ShouldBe(1, "a single probe");
        Ask(10).ShouldBe(0, "while it is under way");
        Began();

        _pauses.Ended(Tenant, Account, Sent).ShouldBeTrue("the worker is woken");
        Ask(10).ShouldBe(10);
    }

    [Fact]
    public async Task A_probe_that_fails_doubles_the_wait()
    {
        Die();
        await Eventually.TrueAsync(() => _pauses.Waiting().Length == 0, "the wait to be over");
        Ask(1).ShouldBe(1);

        End(new SendOutcome.Refused(20003));

        _pauses.Ask(Tenant, Account, 1, out var wait).ShouldBe(0);
        wait.ShouldBeInRange(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Another_token_is_tried_at_once_and_late_ends_of_the_old_one_say_nothing_about_it()
    {
        Began();
        Die();
        var renewed = Account with { AuthToken = "another" };

        _pauses.Ask(Tenant, renewed, 10, out _).ShouldBe(10);
        _pauses.Ended(Tenant, Account, new SendOutcome.Refused(20003));

        _pauses.Ask(Tenant, renewed, 10, out _).ShouldBe(10);
    }

    [Fact]
    public void No_more_than_a_hundred_are_with_Twilio_at_once_and_a_good_part_must_end_before_more_begin()
    {
        Ask(150).ShouldBe(100);
        for (var number = 0; number < TextPauses.MostAtOnce; number++)
        {
            Began();
        }

        Ask(1).ShouldBe(0);
        _pauses.Waiting().ShouldBe([Tenant]);
        var woken = Enumerable.Range(0, 25).Select(_ => _pauses.Ended(Tenant, Account, Sent)).ToList();

        woken.Count(isWoken => isWoken).ShouldBe(1);
        woken[^1].ShouldBeTrue();
        _pauses.Waiting().ShouldBeEmpty();
        Ask(100).ShouldBe(25);
    }

    [Fact]
    public void What_the_vendor_asks_to_wait_the_whole_account_waits_and_at_once()
    {
        End(new SendOutcome.NotSent("twilio_429", TimeSpan.FromSeconds(60)));
        End(Sent);

        _pauses.Ask(Tenant, Account, 1, out var wait).ShouldBe(0);
        wait.ShouldBeInRange(TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(60));
        _pauses.Waiting().ShouldBe([Tenant]);
        _pauses.Ask(Other, Account, 1, out _).ShouldBe(1);
    }

    private void Die()
    {
        for (var number = 0; number < TextPauses.Many; number++)
        {
            End(new SendOutcome.NotSent("twilio_unreachable", null));
        }
    }

    private int Ask(int wanted) => _pauses.Ask(Tenant, Account, wanted, out _);

    private void Began() => _pauses.Began(Tenant, Account);

    private void End(SendOutcome outcome)
    {
        _pauses.Ask(Tenant, Account, 0, out _);
        Began();
        _pauses.Ended(Tenant, Account, outcome);
    }
}
