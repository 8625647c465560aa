namespace LeadOrchestrator.Failure.Tests.Vendors;

/// <summary>One text for each customer, whatever Twilio does; and never a second one by guess.</summary>
[Collection(nameof(VendorFaults))]
public sealed class TwilioFaultTests(VendorFaults system)
{
    [Fact]
    public Task A_text_whose_answer_was_dropped_is_settled_by_its_callback() => OnceAsync("accept_then_drop", "delivered");

    [Fact]
    public Task A_text_that_was_taken_and_answered_500_is_settled_by_its_callback() => OnceAsync("accept_then_500", "delivered");

    [Fact]
    public Task A_text_that_Twilio_took_and_was_silent_about_is_settled_by_its_callback() => OnceAsync("hang_accepted", "delivered");

    [Fact]
    public Task A_text_whose_answer_was_cut_in_the_middle_is_settled_by_its_callback() => OnceAsync("reset_at_byte", "delivered");

    [Fact]
    public Task A_text_whose_answer_trickles_is_sent() => OnceAsync("trickle", "delivered");

    [Fact]
    public Task A_text_that_came_too_early_for_Twilio_goes_out_later() => OnceAsync("429", "delivered");

    [Fact]
    public Task Callbacks_that_overtake_the_answer_count() => OnceAsync("callback_first", "delivered");

    [Fact]
    public Task Callbacks_that_come_twice_count_once() => OnceAsync("callbacks_twice", "delivered");

    [Fact]
    public Task Callbacks_in_the_wrong_order_end_with_the_last_word() => OnceAsync("callbacks_reversed", "delivered");

    [Fact]
    public Task A_text_without_callbacks_stays_sent() => OnceAsync("no_callbacks", "sent");

    [Fact]
    public Task A_text_that_the_carrier_gave_up_has_failed() => OnceAsync("undelivered", "failed");

    [Fact]
    public async Task A_text_that_nobody_tells_of_is_found_in_a_list_that_lags()
    {
        await OnceAsync("list_lag", "sent", "delivered");
        system.ListsOf("list_lag").Count.ShouldBeGreaterThan(1, "the list lagged");
    }

    [Fact]
    public async Task A_text_that_nobody_tells_of_is_found_in_a_list_that_failed_at_first()
    {
        await OnceAsync("list_500", "sent", "delivered");
        system.ListsOf("list_500")[0].Status.ShouldBe(500, "its own list failed");
    }

    [Fact]
    public Task A_text_that_may_have_got_lost_on_the_way_is_not_sent_again_by_guess() => NeverAsync("drop_before_accept", "unknown");

    [Fact]
    public Task A_text_that_Twilio_swallowed_is_not_sent_again_by_guess() => NeverAsync("hang", "unknown");

    [Fact]
    public Task A_revoked_key_leaves_the_text_to_a_person() => NeverAsync("denied", "needs_review");

    [Fact]
    public async Task Twilios_ledger_and_the_database_agree_on_all_of_them()
    {
        var verdict = await system.Judge.AtRestAsync();

        verdict.Problems.ShouldBeEmpty();
        verdict.Undecided.Count.ShouldBe(2);
    }

    private async Task OnceAsync(string name, params string[] statuses) => (await system.EndOfAsync(name, statuses)).Texts.ShouldBe(1);

    private async Task NeverAsync(string name, string status) => (await system.EndOfAsync(name, status)).Texts.ShouldBe(0);
}
