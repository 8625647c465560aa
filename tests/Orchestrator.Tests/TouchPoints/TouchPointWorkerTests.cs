using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Sandbox;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.TouchPoints;

/// <summary>Someone's phone buzzes because of this: never twice, and every touch ends in a named state.</summary>
public sealed class TouchPointWorkerTests : IClassFixture<TwoOrchestrators>, IAsyncLifetime
{
    private readonly TwoOrchestrators _shop;

    public TouchPointWorkerTests(TwoOrchestrators shop) => _shop = shop;

    public async ValueTask InitializeAsync()
    {
        _shop.Sandbox.Faults.Clear();
        await _shop.SetClockAsync(Shop.Monday10);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Two_Orchestrators_send_forty_touch_points_once_each()
    {
        var quotes = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => _shop.QuoteAsync($"+151255505{n:00}")));

        foreach (var quote in quotes)
        {
            await _shop.TouchAsync(quote.OrderId, "delivered");
        }

        for (var n = 0; n < 40; n++)
        {
            _shop.Sandbox.Twilio.SentTo($"+151255505{n:00}").Count.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("+15125550601", FaultKind.AcceptThenDrop)]
    [InlineData("+15125550602", FaultKind.AcceptThen500)]
    public async Task Twilio_takes_the_text_and_nobody_says_so_it_is_found_in_the_list_and_not_sent_again(string phone, string fault)
    {
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        _shop.Sandbox.Faults.Add(Vendor.Twilio, fault);
        var quote = await _shop.QuoteAsync(phone);

        await _shop.TouchAsync(quote.OrderId, "unknown", "sent");
        await Reconciler.RunOnceAsync(CancellationToken.None);

        (await _shop.TouchAsync(quote.OrderId, "sent", "delivered"))["provider_id"].ShouldBe(_shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem().Sid);
    }

    [Fact]
    public async Task The_process_dies_after_the_hand_over_and_the_text_is_found_and_not_sent_again()
    {
        const string phone = "+15125550603";
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        var quote = await _shop.QuoteAsync(phone);
        await _shop.TouchAsync(quote.OrderId, "sent");
        // As a dead process leaves it: handed over, in "sending", nothing known of the answer, with a lease that runs out. Twilio's list says nothing for a while.
        _shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Status, Status = 500, Operation = "messages.list", Count = Fault.Always });
        await _shop.Database.ExecuteAsync("""
            WITH touch AS (
                UPDATE touch_points t SET status = 'sending', sent_at = NULL, provider_id = NULL, claimed_by = gen_random_uuid(), lease_until = clock_timestamp() - interval '1 s'
                FROM leads l WHERE l.id = t.lead_id AND l.external_id = $1 AND t.step = 'greeting'
                RETURNING t.id
            )
            UPDATE message_attempts a SET status = 'handed_over', provider_id = NULL, finished_at = NULL FROM touch WHERE a.touch_point_id = touch.id
            """, quote.OrderId);

        (await _shop.TouchAsync(quote.OrderId, "unknown"))["reason"].ShouldBe("worker_died_after_hand_over");
        await Reconciler.RunOnceAsync(CancellationToken.None);
        await _shop.TouchAsync(quote.OrderId, "unknown");
        _shop.Sandbox.Faults.Clear();
        await Reconciler.RunOnceAsync(CancellationToken.None);

        await _shop.TouchAsync(quote.OrderId, "sent", "delivered");
        _shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_process_dies_before_the_hand_over_and_the_text_goes_out_once()
    {
        const string phone = "+15125550604";
        await _shop.SetClockAsync("2026-11-24T02:59:30Z");
        var quote = await _shop.QuoteAsync(phone);
        await _shop.WaitingTouchAsync(quote.OrderId);
        await _shop.Database.ExecuteAsync("""
            UPDATE touch_points t SET status = 'sending', claimed_by = gen_random_uuid(), fence = fence + 1, lease_until = clock_timestamp() - interval '1 s'
            FROM leads l WHERE l.id = t.lead_id AND l.external_id = $1 AND t.step = 'greeting'
            """, quote.OrderId);
        await _shop.SetClockAsync("2026-11-24T16:00:00Z");

        await _shop.Database.ExecuteAsync("UPDATE touch_points SET due_at = now() - interval '10 years' WHERE status = 'scheduled' AND step = 'greeting'");
        await _shop.TouchAsync(quote.OrderId, "delivered");
        _shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_text_that_Twilio_never_saw_is_parked_for_a_person_and_not_sent_again()
    {
        const string phone = "+15125550605";
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.DropBeforeAccept);
        var quote = await _shop.QuoteAsync(phone);
        await _shop.TouchAsync(quote.OrderId, "unknown");
        await Reconciler.RunOnceAsync(CancellationToken.None);
        await _shop.TouchAsync(quote.OrderId, "unknown");

        await _shop.Database.ExecuteAsync("UPDATE touch_points SET handed_over_at = handed_over_at - interval '16 minutes' WHERE status = 'unknown'");
        await Reconciler.RunOnceAsync(CancellationToken.None);

        (await _shop.TouchAsync(quote.OrderId, "needs_review"))["reason"].ShouldBe("not_found_at_twilio");
        _shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("+15125550616", 20, true)]
    [InlineData("+15125550617", 5, false)] // of this age it is looked for once in a minute
    public async Task A_text_that_is_lost_for_longer_is_found_when_the_list_can_be_read_and_parked_by_no_list_that_cannot(string phone, int minutes, bool listIsAway)
    {
        var list = new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Status, Status = 500, Operation = "messages.list", Count = Fault.Always };
        _shop.Sandbox.Faults.Add(list);
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThen500);
        var quote = await _shop.QuoteAsync(phone);
        await _shop.TouchAsync(quote.OrderId, "unknown");
        await _shop.Database.ExecuteAsync(
            "UPDATE touch_points t SET handed_over_at = t.handed_over_at - make_interval(mins => $2) FROM leads l WHERE l.id = t.lead_id AND l.external_id = $1 AND t.status = 'unknown'", quote.OrderId, minutes);
        if (listIsAway)
        {
            await Reconciler.RunOnceAsync(CancellationToken.None);
            await Reconciler.RunOnceAsync(CancellationToken.None);
            await _shop.TouchAsync(quote.OrderId, "unknown");
        }

        _shop.Sandbox.Faults.Clear();
        for (var round = 0; round < 6; round++)
        {
            await Reconciler.RunOnceAsync(CancellationToken.None);
        }

        (await _shop.TouchAsync(quote.OrderId, "sent", "delivered"))["provider_id"].ShouldBe(_shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem().Sid);
    }

    [Fact]
    public async Task Twilio_says_429_and_the_text_goes_out_later_once()
    {
        const string phone = "+15125550606";
        _shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Status, Status = 429, RetryAfter = 1 });
        var quote = await _shop.QuoteAsync(phone);

        (await _shop.TouchAsync(quote.OrderId, "delivered"))["attempts"].ShouldBe(2);
        _shop.Sandbox.Twilio.SentTo(phone).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_carrier_that_knows_an_opt_out_which_we_do_not_makes_it_ours()
    {
        const string phone = "+15125550607";
        _shop.Sandbox.DeliverTo = new Uri("http://127.0.0.1:9"); // the STOP never reaches us
        await _shop.Sandbox.Twilio.ReceiveAsync(phone, "STOP");
        _shop.Sandbox.DeliverTo = _shop.Http.BaseAddress;
        var quote = await _shop.QuoteAsync(phone);

        (await _shop.TouchAsync(quote.OrderId, "suppressed"))["reason"].ShouldBe("opted_out");
        (await _shop.LeadAsync(quote.OrderId, "opted_out"))["consent"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_stop_that_only_the_carrier_knows_counts_when_its_callback_tells_of_it()
    {
        _shop.Sandbox.Faults.Add(new Fault { Vendor = Vendor.Twilio, Kind = FaultKind.Undelivered, Count = 1, Status = 21610 });
        var quote = await _shop.QuoteAsync("+15125550690");

        (await _shop.TouchAsync(quote.OrderId, "failed"))["reason"].ShouldBe("twilio_21610");
        (await _shop.LeadAsync(quote.OrderId, "opted_out"))["consent"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_number_that_takes_no_texts_is_failed_and_the_lead_unreachable()
    {
        var quote = await _shop.QuoteAsync("+15005550009", change: quote => quote with { State = "TX" }); // the vendor's own test number for this
        (await _shop.TouchAsync(quote.OrderId, "failed"))["reason"].ShouldBe("twilio_21614");
        await _shop.LeadAsync(quote.OrderId, "unreachable");
    }

    [Fact]
    public async Task Outside_the_legal_hours_it_waits_for_the_next_ones()
    {
        const string phone = "+15125550608";
        await _shop.SetClockAsync("2026-11-24T03:00:00Z"); // Monday 21:00 at the shop
        var quote = await _shop.QuoteAsync(phone);

        var waiting = await _shop.WaitingTouchAsync(quote.OrderId);
        waiting["reason"].ShouldBe("outside_legal_hours");
        ((DateTime)waiting["due_at"]!).ShouldBe(new DateTime(2026, 11, 24, 15, 0, 0, DateTimeKind.Utc));
        _shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
        await _shop.SetClockAsync("2026-11-24T15:00:01Z");
        await _shop.TouchAsync(quote.OrderId, "delivered");
    }

    [Fact]
    public async Task What_is_too_late_expires_and_never_bursts_out()
    {
        const string phone = "+15125550609";
        await _shop.SetClockAsync("2026-11-24T03:00:00Z");
        var quote = await _shop.QuoteAsync(phone);
        await _shop.WaitingTouchAsync(quote.OrderId);

        await _shop.SetClockAsync("2026-11-30T16:00:00Z");

        (await _shop.TouchAsync(quote.OrderId, "expired"))["reason"].ShouldBe("too_late");
        _shop.Sandbox.Twilio.SentTo(phone).ShouldBeEmpty();
    }

    [Fact]
    public async Task Callbacks_twice_and_in_reverse_end_in_delivered()
    {
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksTwice);
        var twice = await _shop.QuoteAsync("+15125550610");
        await _shop.TouchAsync(twice.OrderId, "delivered");
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksReversed);
        var reversed = await _shop.QuoteAsync("+15125550611");
        await _shop.TouchAsync(reversed.OrderId, "delivered");
        await _shop.Sandbox.SettledAsync();

        await _shop.TouchAsync(reversed.OrderId, "delivered");
    }

    [Fact]
    public async Task A_callback_that_overtakes_the_answer_is_not_lost()
    {
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbackFirst);
        var quote = await _shop.QuoteAsync("+15125550612");
        await _shop.TouchAsync(quote.OrderId, "delivered");
    }

    [Fact]
    public async Task A_callback_for_an_id_that_we_never_had_is_200()
    {
        var quote = await _shop.QuoteAsync("+15125550613");
        await _shop.TouchAsync(quote.OrderId, "delivered");
        var text = _shop.Sandbox.Twilio.SentTo("+15125550613")[0];
        var stranger = $"{LeadOrchestrator.Testing.TestVariables.PublicUrl}/webhooks/twilio/status/{Guid.CreateVersion7()}";

        var form = new Dictionary<string, string> { ["MessageSid"] = text.Sid, ["MessageStatus"] = "failed", ["To"] = text.To, ["From"] = text.From };
        (await _shop.Sandbox.Twilio.PostAsync("stranger", stranger, form)).Delivery.Status.ShouldBe(200);
        await _shop.TouchAsync(quote.OrderId, "delivered");
    }

    [Fact]
    public async Task What_a_carrier_says_of_a_text_counts_more_than_that_its_hand_over_was_lost()
    {
        const string phone = "+15125550615";
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.CallbacksOff);
        _shop.Sandbox.Faults.Add(Vendor.Twilio, FaultKind.AcceptThenDrop);
        var quote = await _shop.QuoteAsync(phone);
        var touch = (Guid)(await _shop.TouchAsync(quote.OrderId, "unknown", "sent"))["id"]!;
        (await ErrorAsync(touch)).ShouldBe("twilio_connection_lost");
        var text = _shop.Sandbox.Twilio.SentTo(phone).ShouldHaveSingleItem();

        var form = new Dictionary<string, string> { ["MessageSid"] = text.Sid, ["MessageStatus"] = "undelivered", ["ErrorCode"] = "30008", ["To"] = text.To, ["From"] = text.From };
        (await _shop.Sandbox.Twilio.PostAsync("undelivered", text.StatusCallback!, form)).Delivery.Status.ShouldBe(200);

        (await _shop.TouchAsync(quote.OrderId, "failed"))["reason"].ShouldBe("twilio_30008");
        (await ErrorAsync(touch)).ShouldBe("twilio_30008");

        Task<string?> ErrorAsync(Guid id) => _shop.Database.ScalarAsync<string>("SELECT error_code FROM message_attempts WHERE touch_point_id = $1", id);
    }

    [Fact]
    public async Task A_zombie_with_an_old_fence_changes_nothing()
    {
        var quote = await _shop.QuoteAsync("+15125550614");
        var touch = await _shop.TouchAsync(quote.OrderId, "delivered");
        var zombie = new TouchPointClaim((Guid)touch["tenant_id"]!, (Guid)touch["id"]!, 0);

        var ended = 0;
        await _shop.First.Services.GetRequiredService<TextDelivery>().StartAsync([zombie], () => ended++);
        ended.ShouldBe(1);

        (await _shop.TouchAsync(quote.OrderId, "delivered"))["attempts"].ShouldBe(1);
        _shop.Sandbox.Twilio.SentTo("+15125550614").Count.ShouldBe(1);
    }

    private Reconciler Reconciler => _shop.First.Services.GetRequiredService<Reconciler>();
}
