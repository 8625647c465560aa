using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

/// <summary>A customer changes in the CRM: their leads follow, in the right order, and a text goes to the number that holds when it is handed over.</summary>
public sealed class CustomerChangeTests : IntakeScene
{
    [Fact]
    public async Task A_changed_customer_changes_all_of_their_leads_and_nobody_elses()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "ann"), await LeadAsync("c", 1, "bea"));

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199", "Anna"));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550199");
        (await LeadOfAsync("b"))["first_name"].ShouldBe("Anna");
        (await LeadOfAsync("c"))["phone"].ShouldBe("+15125550100");
        (await CountAsync("webhook_events WHERE topic = 'customer' AND status = 'done'")).ShouldBe(1);
        (await CountAsync("consent_events WHERE source = 'shopmonkey customer ann'")).ShouldBe(2);
    }

    [Fact]
    public async Task A_no_to_emails_in_the_CRM_counts_for_the_address_until_none_of_its_customers_says_it()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", customerVersion: 1, email: "Ann@example.com", saidNoToEmails: true));
        (await NosAsync()).ShouldBe("ann@example.com ann");
        (await CountAsync("consent_events WHERE kind = 'opted_out' AND channel = 'crm' AND email_address_id IS NOT NULL")).ShouldBe(1);

        await AllAsync(intake, await LeadAsync("b", 1, "bea", customerVersion: 1, email: "ann@example.com", saidNoToEmails: true));
        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550100", email: "ann@example.com"));
        (await NosAsync()).ShouldBe("ann@example.com bea");

        await AllAsync(intake, await CustomerAsync("bea", 5, "+15125550100", email: "ann@example.com"));
        (await NosAsync()).ShouldBeNull();
        (await CountAsync("consent_events WHERE channel = 'crm' AND email_address_id IS NOT NULL")).ShouldBe(4);

        Task<string?> NosAsync() => Database.ScalarAsync<string>("SELECT email || ' ' || array_to_string(crm_opt_out_by, ' ') FROM email_addresses WHERE crm_opt_out_at IS NOT NULL");
    }

    [Fact]
    public async Task An_older_version_that_comes_late_changes_nothing()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"));
        await AllAsync(intake, await CustomerAsync("ann", 9, "+15125550199"));

        await AllAsync(intake, await CustomerAsync("ann", 8, "+15125550188"));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550199");
        (await CountAsync("webhook_events WHERE reason = 'overtaken_by_a_newer_event'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_late_event_does_not_overwrite_what_the_order_was_read_with()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", customerVersion: 9, phone: "+15125550199"));

        await AllAsync(intake, await CustomerAsync("ann", 8, "+15125550188"));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550199");
    }

    [Fact]
    public async Task A_deleted_customer_is_never_brought_back_and_keeps_its_lead()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await GoneCustomerAsync("ann", 5));

        await AllAsync(intake, await CustomerAsync("ann", 7, "+15125550199"));
        await AllAsync(intake, await GoneCustomerAsync("ann", 8));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550100");
        (await Database.ScalarAsync<bool>("SELECT is_gone FROM crm_versions WHERE external_id = 'ann'")).ShouldBeTrue();
        (await CountAsync("webhook_events WHERE reason = 'overtaken_by_a_newer_event'")).ShouldBe(2);
    }

    [Fact]
    public async Task The_same_version_with_another_content_is_read_again_and_then_counts()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await CustomerAsync("ann", 5, "+15125550199"));

        (await Should.ThrowAsync<NotYetThereException>(intake.TakeInAsync(await CustomerAsync("ann", 5, "+15125550188")))).Message.ShouldBe("same_version_other_content");
        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550177", isConfirmed: true));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550177");
    }

    [Fact]
    public async Task The_same_version_with_the_same_content_changes_nothing()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await CustomerAsync("ann", 5, "+15125550199"));

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        (await CountAsync("webhook_events WHERE topic = 'customer' AND reason = 'overtaken_by_a_newer_event'")).ShouldBe(1);
    }

    [Fact]
    public async Task An_order_that_was_read_with_a_customer_who_changed_meanwhile_is_read_again()
    {
        var intake = Intake();
        await AllAsync(intake, await CustomerAsync("ann", 9, "+15125550199"));

        (await Should.ThrowAsync<NotYetThereException>(intake.TakeInAsync(await LeadAsync("a", 1, "ann", customerVersion: 8)))).Message.ShouldBe("customer_changed_meanwhile");

        (await CountAsync("leads")).ShouldBe(0);
    }

    [Fact]
    public async Task A_CRM_that_shows_an_older_customer_than_it_told_costs_no_lead()
    {
        var intake = Intake();
        await AllAsync(intake, await CustomerAsync("ann", 9, "+15125550199"));

        await AllAsync(intake, await LeadAsync("a", 1, "ann", customerVersion: 8, attempts: 3));

        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550100");
    }

    [Fact]
    public async Task A_customer_and_their_order_at_once_end_alike_whichever_is_first()
    {
        var (one, other) = (Intake(), Intake());
        for (var number = 0; number < 15; number++)
        {
            var (order, customer) = (await LeadAsync($"o{number}", 1, $"c{number}", 5, attempts: 1), await CustomerAsync($"c{number}", 6, "+15125550199"));
            var taken = one.TakeInAsync(order);
            await other.TakeInAsync(customer);
            try
            {
                await taken;
            }
            catch (NotYetThereException)
            {
                // As the worker does: the order is read again, with the customer as they are now.
                await one.TakeInAsync(await LeadAsync($"o{number}", 1, $"c{number}", 6, "+15125550199"));
            }
        }

        (await CountAsync("leads WHERE phone = '+15125550199'")).ShouldBe(15);
    }

    [Theory]
    [InlineData(null, "no_phone")]
    [InlineData("12345", "invalid_phone")]
    [InlineData("+442071838750", "foreign_phone")]
    public async Task Who_could_not_be_texted_is_greeted_when_a_number_comes(string? phone, string reason)
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", phone: phone));
        (await GreetingOfAsync("a"))["reason"].ShouldBe(reason);

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        var greeting = await GreetingOfAsync("a");
        (greeting["status"], greeting["reason"]).ShouldBe(("scheduled", "phone_arrived"));
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_number_that_comes_after_a_day_greets_nobody()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", phone: null));
        Clock.Advance(TimeSpan.FromHours(25));

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        (await GreetingOfAsync("a"))["reason"].ShouldBe("no_phone");
        (await LeadOfAsync("a"))["phone"].ShouldBe("+15125550199");
    }

    [Theory]
    [InlineData("not_in_a_lead_column", null)]
    [InlineData("order_already_sold", "won")]
    public async Task A_number_that_comes_when_the_order_is_no_lead_any_more_greets_nobody(string reason, string? end)
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", phone: null));
        await AllAsync(intake, await NoLeadAsync("a", 2, reason, end));

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        ((await GreetingOfAsync("a"))["status"], (await GreetingOfAsync("a"))["reason"]).ShouldBe(("suppressed", "no_phone"));
    }

    [Fact]
    public async Task A_number_that_comes_at_night_waits_for_the_morning()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", phone: null));
        Clock.SetUtcNow(DateTimeOffset.Parse("2026-11-24T04:00:00Z", null)); // 22:00 at the shop

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        (await GreetingOfAsync("a"))["reason"].ShouldBe("outside_legal_hours");
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_that_goes_away_ends_what_is_planned_with_its_reason()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await LeadAsync("b", 1, "bea", phone: "+15125550101"));

        await AllAsync(intake, await CustomerAsync("ann", 5, null), await CustomerAsync("bea", 5, "+15125550101", saidNo: true));

        ((await GreetingOfAsync("a"))["status"], (await GreetingOfAsync("a"))["reason"]).ShouldBe(("suppressed", "no_phone"));
        (await GreetingOfAsync("b"))["reason"].ShouldBe("crm_opt_out");
        (await TouchPoints.ClaimAsync(10, [], CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_no_in_the_CRM_is_one_to_every_lead_with_the_number_until_the_CRM_takes_it_back()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1, saidNo: true));
        (await GreetingOfAsync("a"))["reason"].ShouldBe("crm_opt_out");

        await AllAsync(intake, await LeadAsync("b", 1, "bea", 1));
        (await GreetingOfAsync("b"))["reason"].ShouldBe("crm_opt_out");
        await AllAsync(intake, await CustomerAsync("bea", 2, "+15125550100"));
        (await CountAsync("contacts WHERE crm_opt_out_at IS NOT NULL AND crm_opt_out_by = '{ann}'")).ShouldBe(1);

        await AllAsync(intake, await CustomerAsync("ann", 2, "+15125550100"));
        await AllAsync(intake, await LeadAsync("c", 1, "cyd", 1));
        (await GreetingOfAsync("c"))["status"].ShouldBe("scheduled");
        (await Database.ColumnAsync<string>("SELECT kind FROM consent_events WHERE channel = 'crm' AND source = 'shopmonkey customer ann' ORDER BY kind")).ShouldBe(["opted_in", "opted_out"]);
    }

    [Fact]
    public async Task A_no_that_comes_to_the_CRM_later_is_kept_with_the_number()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"));

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550100", saidNo: true));

        ((await GreetingOfAsync("a"))["status"], (await GreetingOfAsync("a"))["reason"]).ShouldBe(("suppressed", "crm_opt_out"));
        (await CountAsync("contacts WHERE crm_opt_out_at IS NOT NULL")).ShouldBe(1);
        (await LeadOfAsync("a"))["status"].ShouldBe("new", "the CRM may take it back");
    }

    [Fact]
    public async Task Who_said_START_to_us_is_not_silenced_again_by_the_CRMs_old_no()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann", 1, saidNo: true));
        await Database.ExecuteAsync("UPDATE contacts SET crm_opt_out_at = NULL");

        await AllAsync(intake, await LeadAsync("b", 1, "ann", 1, saidNo: true));

        (await GreetingOfAsync("b"))["reason"].ShouldNotBe("crm_opt_out");
    }

    [Fact]
    public async Task A_new_number_that_said_stop_before_is_not_texted()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("old", 1, "old", phone: "+15125550199"));
        await Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23Z'");
        await AllAsync(intake, await LeadAsync("a", 1, "ann"));

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        var lead = await LeadOfAsync("a");
        (lead["status"], lead["consent"], lead["status_reason"]).ShouldBe(("opted_out", "opted_out", "new_number_opted_out"));
        (await GreetingOfAsync("a"))["reason"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task Who_said_stop_stays_so_with_another_number()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"));
        await Database.ExecuteAsync("UPDATE contacts SET opted_out_at = '2026-11-23Z'");
        await Database.ExecuteAsync("UPDATE leads SET status = 'opted_out', consent = 'opted_out'");

        await AllAsync(intake, await CustomerAsync("ann", 5, "+15125550199"));

        (await LeadOfAsync("a"))["status"].ShouldBe("opted_out");
        (await GreetingOfAsync("a"))["reason"].ShouldBe("opted_out");
    }

    [Fact]
    public async Task A_name_with_the_marker_makes_a_test_lead_and_one_without_it_makes_none()
    {
        var intake = Intake();
        await AllAsync(intake, await LeadAsync("a", 1, "ann"), await CustomerAsync("ann", 5, "+15125550100", "Ann [TEST]"));
        (await LeadOfAsync("a"))["is_test"].ShouldBe(true);

        await AllAsync(intake, await CustomerAsync("ann", 6, "+15125550100", "Ann"));
        (await LeadOfAsync("a"))["is_test"].ShouldBe(false);
    }

    [Fact]
    public async Task A_customer_who_is_nobodys_lead_leaves_their_version_and_nothing_else()
    {
        await AllAsync(Intake(), await CustomerAsync("ann", 5, "+15125550199"));

        (await CountAsync("contacts")).ShouldBe(0);
        (await CountAsync("crm_versions WHERE external_id = 'ann' AND version = 5")).ShouldBe(1);
        (await CountAsync("webhook_events WHERE reason = 'concerns_no_lead' AND status = 'ignored'")).ShouldBe(1);
    }

    private static async Task AllAsync(LeadIntake intake, params Intake[] all) => (await Task.WhenAll(all.Select(intake.TakeInAsync))).ShouldAllBe(isOurs => isOurs);
}
