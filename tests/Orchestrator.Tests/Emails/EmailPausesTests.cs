using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>A dead account at SendGrid spoils five of its tenant's emails, and the others wait.</summary>
public sealed class EmailPausesTests
{
    private static readonly Guid Tenant = Guid.CreateVersion7();
    private static readonly SendGridAccount Account = new(new Uri("http://localhost"), "SG.one", "hello@acme.example", null, null);

    private readonly EmailPauses _pauses = new(NullLogger<EmailPauses>.Instance);

    public static TheoryData<SendOutcome> Faults =>
    [
        new SendOutcome.NotSent("sendgrid_unreachable", null), new SendOutcome.NotSent("sendgrid_429", null), new SendOutcome.Unknown("sendgrid_503"), new SendOutcome.Refused(401),
        new SendOutcome.Refused(403),
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void After_a_fault_no_more_go_at_once_than_make_it_certain_and_then_none(SendOutcome fault)
    {
        Ask(10).ShouldBe(10);
        End(fault);
        Ask(10).ShouldBe(EmailPauses.Many - 1);

        for (var number = 1; number < EmailPauses.Many; number++)
        {
            End(fault);
        }

        Ask(10).ShouldBe(0);
        _pauses.Ask(Tenant, Account with { ApiKey = "SG.another" }, 10, out _).ShouldBe(10, "another key begins anew");
    }

    [Fact]
    public void An_email_that_is_refused_for_itself_says_nothing_of_the_account()
    {
        End(new SendOutcome.Refused(401));
        End(new SendOutcome.Refused(400));
        Ask(10).ShouldBe(10);
    }

    private int Ask(int wanted) => _pauses.Ask(Tenant, Account, wanted, out _);

    private void End(SendOutcome outcome)
    {
        Ask(1);
        _pauses.Began(Tenant, Account);
        _pauses.Ended(Tenant, Account with { }, outcome);
    }
}
