using System.Globalization;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>What each end of a call makes of the attempt and of the touch point.</summary>
public sealed class EndedCallTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.Parse("2026-11-23T16:00:00Z", CultureInfo.InvariantCulture);

    private static readonly DueTouchPoint Touch = new()
    {
        LeadId = Guid.Empty, Step = "greeting", Attempts = 0, MaxAttempts = 5, ExpiresAt = At.AddDays(3), Phone = "+15125550123", PhoneType = "mobile",
        LeadStatus = "new", IsTest = false, FirstName = "Ann", Vehicle = "", Timezone = "America/Chicago", LocationName = "Acme",
    };

    [Fact]
    public void Accepted_is_sent_with_its_SID()
    {
        var call = Ended(new SendOutcome.Accepted("SM1", "queued"));
        (call.Attempt.Status, call.Attempt.ProviderId).ShouldBe(("accepted", "SM1"));
        (call.Change.Status, call.Change.Reason, call.Change.ProviderId).ShouldBe(("sent", null, "SM1"));
    }

    [Theory]
    [InlineData(21610, "suppressed", "opted_out")]
    [InlineData(21211, "failed", "twilio_21211")]
    [InlineData(20003, "needs_review", "twilio_20003")]
    [InlineData(30001, "failed", "twilio_30001")]
    [InlineData(20404, "needs_review", "twilio_20404")]
    public void A_refusal_ends_it_by_its_code(int code, string status, string reason)
    {
        var call = Ended(new SendOutcome.Refused(code));
        (call.Change.Status, call.Change.Reason).ShouldBe((status, reason));
        call.Attempt.ErrorCode.ShouldBe($"twilio_{code}");
    }

    // Of the account and no text: with any code that has no meaning of its own, or with none.
    [Theory]
    [InlineData(401, 401, "needs_review")]
    [InlineData(20101, 401, "needs_review")]
    [InlineData(20403, 403, "needs_review")]
    [InlineData(70051, 403, "needs_review")]
    [InlineData(404, 404, "needs_review")]
    [InlineData(21408, 403, "needs_review")]
    [InlineData(21610, 403, "suppressed")]
    [InlineData(21211, 401, "failed")]
    [InlineData(99999, 400, "failed")]
    [InlineData(400, 400, "failed")]
    public void A_refusal_of_the_account_burns_no_text(int code, int status, string state) => Ended(new SendOutcome.Refused(code, status)).Change.Status.ShouldBe(state);

    [Fact]
    public void What_was_surely_not_sent_goes_back_for_later() =>
        Ended(new SendOutcome.NotSent("twilio_unreachable", null)).Change.ShouldBe(new TouchPointChange(Claim, "scheduled", "twilio_unreachable", null, At.AddSeconds(10), At));

    [Fact]
    public void When_Twilio_says_how_long_to_wait_it_waits_so_long() =>
        Ended(new SendOutcome.NotSent("twilio_429", TimeSpan.FromSeconds(3))).Change.DueAt.ShouldBe(At.AddSeconds(3));

    [Fact]
    public void No_word_of_the_vendor_puts_a_text_off_for_years() =>
        Ended(new SendOutcome.NotSent("twilio_429", TimeSpan.FromSeconds(int.MaxValue))).Change.DueAt.ShouldBe(At.AddMinutes(5));

    [Fact]
    public void After_its_last_try_it_has_failed() =>
        Ended(new SendOutcome.NotSent("twilio_429", null), Touch with { Attempts = 4 }).Change.Status.ShouldBe("failed");

    [Fact]
    public void Nobody_knows_stays_unknown_and_is_not_sent_again()
    {
        var call = Ended(new SendOutcome.Unknown("twilio_timeout"));
        (call.Change.Status, call.Change.Reason, call.Change.DueAt).ShouldBe(("unknown", "twilio_timeout", null));
        call.IsAccepted.ShouldBeFalse();
    }

    private static readonly TouchPointClaim Claim = new(Guid.Empty, Guid.Empty, 1);

    private static EndedCall Ended(SendOutcome outcome, DueTouchPoint? touch = null) => new(new HandedOver(Claim, touch ?? Touch, Guid.Empty), outcome, At);
}
