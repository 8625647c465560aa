using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>What the end of a call makes of an email.</summary>
public sealed class EndedEmailTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse(Shop.Monday10, null);

    [Fact]
    public void Accepted_is_sent_and_keeps_why_it_went_by_email()
    {
        var change = Ended(new SendOutcome.Accepted("id-1", "accepted")).Change;
        (change.Status, change.Reason, change.ProviderId).ShouldBe(("sent", "landline_phone", "id-1"));
    }

    [Theory]
    [InlineData("day_3", null)]
    [InlineData("staff-1", null)]
    [InlineData("confirmation-1-by-email", "landline_phone")]
    public void A_step_that_is_an_email_by_plan_has_no_reason_of_the_phone(string step, string? reason)
    {
        var ended = Ended(new SendOutcome.Accepted("id-1", "accepted"));

        (ended with { Touch = ended.Touch with { Step = step } }).Change.Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData(401, "needs_review")]
    [InlineData(403, "needs_review")]
    [InlineData(400, "failed")]
    [InlineData(413, "failed")]
    public void Refused_is_a_persons_when_it_is_about_the_account(int code, string status)
    {
        var ended = Ended(new SendOutcome.Refused(code));
        (ended.Change.Status, ended.Change.Reason).ShouldBe((status, $"sendgrid_{code}"));
        ended.Attempt.Status.ShouldBe("refused");
    }

    [Fact]
    public void Surely_not_sent_waits_for_as_long_as_the_vendor_says_or_a_little_longer_each_time()
    {
        Ended(new SendOutcome.NotSent("sendgrid_429", TimeSpan.FromSeconds(7))).Change.DueAt.ShouldBe(Now.AddSeconds(7));
        Ended(new SendOutcome.NotSent("sendgrid_unreachable", null)).Change.DueAt.ShouldBe(Now.AddSeconds(10));
        Ended(new SendOutcome.NotSent("sendgrid_unreachable", null), tries: 50).Change.DueAt.ShouldBe(Now.AddSeconds(30));
        Ended(new SendOutcome.NotSent("sendgrid_unreachable", null), tries: 99).Change.Status.ShouldBe("failed");
    }

    [Fact]
    public void Unknown_is_never_due_again()
    {
        var change = Ended(new SendOutcome.Unknown("sendgrid_500")).Change;
        (change.Status, change.DueAt).ShouldBe(("unknown", null));
    }

    [Theory]
    [InlineData("missing", "no_phone")]
    [InlineData("landline", "landline_phone")]
    [InlineData("mobile", null)]
    [InlineData("unknown", null)]
    public void Only_who_takes_no_texts_is_mailed(string phoneType, string? reason) => EndedEmail.WhyByEmail(phoneType).ShouldBe(reason);

    private static EndedEmail Ended(SendOutcome outcome, int tries = 0) => new(
        new TouchPointClaim(Guid.Empty, Guid.Empty, 1),
        new DueEmail
        {
            LeadId = Guid.Empty, Attempts = tries, MaxAttempts = 100, ExpiresAt = Now.AddDays(1), PhoneType = "landline", LeadStatus = "new", IsTest = false, FirstName = "",
            Vehicle = "", LocationName = "",
        },
        Guid.Empty, outcome, Now);
}
