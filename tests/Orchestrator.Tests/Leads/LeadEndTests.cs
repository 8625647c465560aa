using LeadOrchestrator.Orchestrator.Leads;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A lead that leaves its column: what becomes of it, of its texts, and when it comes back.</summary>
public sealed class LeadEndTests : IntakeScene
{
    [Theory]
    [InlineData("order_already_sold", "won", "won")]
    [InlineData("not_an_estimate", "won", "won")]
    [InlineData("order_archived", "lost", "lost")]
    [InlineData("in_a_lost_column", "lost", "lost")]
    [InlineData("order_deleted", "lost", "lost")]
    [InlineData("not_in_a_lead_column", null, "new")]
    public async Task Its_status_says_what_became_of_it_and_what_was_planned_ends_with_the_reason(string reason, string? end, string status)
    {
        await AllAsync(await LeadAsync("a", 1));

        await AllAsync(await NoLeadAsync("a", 2, reason, end));

        var lead = await LeadOfAsync("a");
        (lead["status"], lead["status_reason"]).ShouldBe((status, reason));
        lead["status_at"].ShouldNotBeNull();
        var greeting = await GreetingOfAsync("a");
        (greeting["status"], greeting["reason"]).ShouldBe(("cancelled", reason));
    }

    [Fact]
    public async Task A_text_that_is_claimed_and_not_handed_over_ends_too()
    {
        await AllAsync(await LeadAsync("a", 1));
        await TouchPoints.ClaimAsync(10, [], CancellationToken.None);

        await AllAsync(await NoLeadAsync("a", 2, "not_in_a_lead_column", null));

        (await GreetingOfAsync("a"))["status"].ShouldBe("cancelled");
    }

    [Theory]
    [InlineData("opted_out", "won", "opted_out")]
    [InlineData("opted_out", "lost", "opted_out")]
    [InlineData("booked", "won", "won")]
    [InlineData("booked", null, "booked")]
    [InlineData("lost", "won", "won")]
    [InlineData("won", "lost", "won")]
    public async Task What_is_further_stays_and_who_opted_out_does_for_good(string before, string? end, string after)
    {
        await AllAsync(await LeadAsync("a", 1));
        await Database.ExecuteAsync("UPDATE leads SET status = $1, status_reason = 'before'", before);

        await AllAsync(await NoLeadAsync("a", 2, "not_in_a_lead_column", end));

        var lead = await LeadOfAsync("a");
        lead["status"].ShouldBe(after);
        lead["status_reason"].ShouldBe(before == after ? "before" : "not_in_a_lead_column");
    }

    [Theory]
    [InlineData("order_archived", "lost")]
    [InlineData("not_in_a_lead_column", null)]
    public async Task Back_in_its_column_it_goes_on_where_it_was_and_is_not_greeted_again(string reason, string? end)
    {
        await AllAsync(await LeadAsync("a", 1));
        await Database.ExecuteAsync("UPDATE leads SET status = 'contacted', first_contacted_at = '2026-11-23Z'");
        await AllAsync(await NoLeadAsync("a", 2, reason, end));

        await AllAsync(await LeadAsync("a", 3));

        var lead = await LeadOfAsync("a");
        (lead["status"], lead["status_reason"]).ShouldBe(("contacted", "back_in_a_lead_column"));
        (await GreetingOfAsync("a"))["status"].ShouldBe("cancelled");
    }

    [Theory]
    [InlineData("not_in_a_lead_column", null)]
    [InlineData("in_a_lost_column", "lost")]
    public async Task A_card_that_was_dragged_out_before_its_greeting_is_greeted_when_it_is_back(string reason, string? end)
    {
        await AllAsync(await LeadAsync("a", 1));
        await AllAsync(await NoLeadAsync("a", 2, reason, end));

        await AllAsync(await LeadAsync("a", 3));

        var greeting = await GreetingOfAsync("a");
        (greeting["status"], greeting["reason"]).ShouldBe(("scheduled", "back_in_a_lead_column"));
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_card_that_is_back_at_night_is_greeted_in_the_morning()
    {
        await AllAsync(await LeadAsync("a", 1));
        await AllAsync(await NoLeadAsync("a", 2, "not_in_a_lead_column", null));
        Clock.SetUtcNow(DateTimeOffset.Parse("2026-11-24T04:00:00Z", null)); // 22:00 at the shop

        await AllAsync(await LeadAsync("a", 3));

        (await GreetingOfAsync("a"))["reason"].ShouldBe("outside_legal_hours");
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_card_that_is_back_after_a_day_or_without_a_number_is_not_greeted()
    {
        await AllAsync(await LeadAsync("a", 1), await LeadAsync("b", 1, phone: "+15125550101"));
        await AllAsync(await NoLeadAsync("a", 2, "not_in_a_lead_column", null), await NoLeadAsync("b", 2, "not_in_a_lead_column", null));
        await AllAsync(await LeadAsync("b", 3, phone: null));
        Clock.Advance(TimeSpan.FromHours(25));

        await AllAsync(await LeadAsync("a", 3));

        (await GreetingOfAsync("a"))["status"].ShouldBe("cancelled");
        ((await GreetingOfAsync("b"))["status"], (await GreetingOfAsync("b"))["reason"]).ShouldBe(("suppressed", "no_phone"));
    }

    [Theory]
    [InlineData(1, "2026-11-24T16:30:00Z")]
    [InlineData(50, "2026-11-25T18:00:00Z")]
    public async Task A_later_step_goes_on_where_it_was(int hoursAway, string dueAt)
    {
        await AllAsync(await LeadAsync("a", 1));
        await Database.ExecuteAsync("UPDATE leads SET status = 'contacted', first_contacted_at = '2026-11-23T16:00:00Z'");
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'delivered', handed_over_at = now(), followed = true");
        await Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'next_day', 'sms', 'scheduled', '2026-11-24T16:30:00Z', '2026-11-27T16:30:00Z', '2026-11-23T16:00:00Z', '2026-11-23T16:00:00Z' FROM leads
            """);
        await AllAsync(await NoLeadAsync("a", 2, "order_archived", "lost"));
        (await NextDayAsync())["status"].ShouldBe("cancelled");
        Clock.Advance(TimeSpan.FromHours(hoursAway));

        await AllAsync(await LeadAsync("a", 3));

        var step = await NextDayAsync();
        (step["status"], step["reason"]).ShouldBe(("scheduled", "back_in_a_lead_column"));
        step["due_at"].ShouldBe(DateTime.Parse(dueAt, null, System.Globalization.DateTimeStyles.AdjustToUniversal));
        (await Database.ScalarAsync<string>("SELECT status FROM touch_points WHERE step = 'greeting'")).ShouldBe("delivered");
    }

    [Fact]
    public async Task What_ended_while_it_was_away_is_followed_when_it_is_back()
    {
        await AllAsync(await LeadAsync("a", 1));
        await AllAsync(await NoLeadAsync("a", 2, "not_in_a_lead_column", null));
        // As the end of its call leaves it: nothing is planned for a lead that has left, and nobody looks again.
        await Database.ExecuteAsync("UPDATE leads SET status = 'contacted', first_contacted_at = '2026-11-23T16:00:00Z'");
        await Database.ExecuteAsync("UPDATE touch_points SET status = 'sent', reason = NULL, handed_over_at = now(), sent_at = '2026-11-23T16:00:00Z', followed = true");

        await AllAsync(await LeadAsync("a", 3));

        (await TouchPoints.ToFollowAsync((Guid.Empty, Guid.Empty), 10, CancellationToken.None)).ShouldHaveSingleItem();
        (await GreetingOfAsync("a"))["status"].ShouldBe("sent");
    }

    [Theory]
    [InlineData("engaged")]
    [InlineData("opted_out")]
    public async Task Who_answered_or_said_stop_meanwhile_hears_nothing_more_by_the_plan(string status)
    {
        await AllAsync(await LeadAsync("a", 1));
        await AllAsync(await NoLeadAsync("a", 2, "not_in_a_lead_column", null));
        await Database.ExecuteAsync("UPDATE leads SET status = $1", status);

        await AllAsync(await LeadAsync("a", 3));

        (await GreetingOfAsync("a"))["status"].ShouldBe("cancelled");
    }

    private async Task<IReadOnlyDictionary<string, object?>> NextDayAsync() => (await Database.RowsAsync("SELECT * FROM touch_points WHERE step = 'next_day'")).ShouldHaveSingleItem();

    [Fact]
    public async Task A_deleted_order_never_comes_back()
    {
        await AllAsync(await LeadAsync("a", 1));
        await AllAsync(await NoLeadAsync("a", 2, "order_deleted", "lost"));

        await AllAsync(await LeadAsync("a", 3));

        (await LeadOfAsync("a"))["status"].ShouldBe("lost");
        (await CountAsync("leads")).ShouldBe(1);
    }

    [Fact]
    public async Task A_late_older_event_of_a_lead_that_ended_changes_nothing()
    {
        await AllAsync(await NoLeadAsync("a", 5, "order_archived", "lost"));

        await AllAsync(await LeadAsync("a", 4));
        (await CountAsync("leads")).ShouldBe(0);

        // The same version as the one that was no lead: under new rules it may be one.
        await AllAsync(await LeadAsync("a", 5));
        (await LeadOfAsync("a"))["status"].ShouldBe("new");
    }

    private async Task AllAsync(params Intake[] all)
    {
        var intake = Intake();
        foreach (var one in all)
        {
            (await intake.TakeInAsync(one)).ShouldBeTrue();
        }
    }
}
