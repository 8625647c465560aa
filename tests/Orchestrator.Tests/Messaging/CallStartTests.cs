using System.Diagnostics;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Sandbox;
using LeadOrchestrator.Testing;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>A text begins to leave once, and not long after it was allowed to; one that never began was surely not sent.</summary>
public sealed class CallStartTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task It_begins_once()
    {
        var start = new CallStart(Clearance.Now);
        (await start.TryBeginAsync()).ShouldBeTrue();
        (await start.TryBeginAsync()).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_allowed_before_the_machine_slept_does_not_begin_although_its_timer_stood_still() =>
        (await new CallStart(Clearance.Now with { WallAt = TimeProvider.System.GetUtcNow() - CallStart.LongestPause }).TryBeginAsync()).ShouldBeFalse();

    [Fact]
    public async Task What_was_allowed_under_locks_that_are_lost_does_not_begin()
    {
        var start = new CallStart(Clearance.Now, () => Task.FromResult(false));
        (await SendAsync(new Uri(shop.Sandbox.BareUrl), start, "+15125550904")).ShouldBe(new SendOutcome.NotSent("process_was_frozen", null));
        start.HasBegun.ShouldBeFalse();
    }

    [Fact]
    public async Task A_process_that_froze_after_the_permission_leaves_the_text_alone()
    {
        var start = new CallStart(Clearance.Now with { At = Stopwatch.GetTimestamp() - (long)(CallStart.LongestPause.TotalSeconds * Stopwatch.Frequency) });

        (await SendAsync(new Uri(shop.Sandbox.BareUrl), start, "+15125550901")).ShouldBe(new SendOutcome.NotSent("process_was_frozen", null));

        start.Decided.IsCompleted.ShouldBeTrue();
        shop.Sandbox.Ledger.Of(Vendor.Twilio, "messages.create").ShouldNotContain(entry => entry.Request!["To"]!.ToString() == "+15125550901");
    }

    [Fact]
    public async Task A_Twilio_that_nobody_reaches_has_surely_not_got_the_text()
    {
        var start = new CallStart(Clearance.Now);
        (await SendAsync(new Uri("http://127.0.0.1:9"), start, "+15125550902")).ShouldBe(new SendOutcome.NotSent("twilio_unreachable", null));
        start.HasBegun.ShouldBeFalse();
    }

    [Fact]
    public async Task A_Twilio_that_hangs_up_after_the_request_may_have_it()
    {
        shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.DropBeforeAccept);
        var start = new CallStart(Clearance.Now);
        (await SendAsync(new Uri(shop.Sandbox.BareUrl), start, "+15125550903")).ShouldBeOfType<SendOutcome.Unknown>();
        start.HasBegun.ShouldBeTrue();
    }

    private static async Task<SendOutcome> SendAsync(Uri url, CallStart start, string to)
    {
        using var http = new HttpClient();
        var account = new TwilioAccount(url, "AC00000000000000000000000000000000", TestVariables.TwilioAuthToken, TestVariables.TwilioPhoneNumber, null);
        return await new TwilioClient(http).SendAsync(Guid.Empty, account, new OutgoingText(to, "Hello", new Uri($"{TestVariables.PublicUrl}/webhooks/twilio/status/1"), TimeSpan.FromHours(1)), start);
    }
}
