namespace LeadOrchestrator.Failure.Tests.Vendors;

/// <summary>A quote request that was accepted becomes one lead and one text, whatever the CRM does when it is asked about it.</summary>
[Collection(nameof(VendorFaults))]
public sealed class ShopmonkeyFaultTests(VendorFaults system)
{
    [Fact]
    public Task A_CRM_that_hangs_is_asked_again() => OneLeadAsync("crm_hang");

    [Fact]
    public Task A_CRM_that_drops_the_line_is_asked_again() => OneLeadAsync("crm_drop");

    [Fact]
    public Task A_CRM_that_answers_500_is_asked_again() => OneLeadAsync("crm_500");

    [Fact]
    public Task An_error_page_before_the_CRM_is_waited_for() => OneLeadAsync("crm_503_html");

    [Fact]
    public Task A_CRM_that_wants_a_pause_gets_it() => OneLeadAsync("crm_429");

    [Fact]
    public Task A_CRM_that_trickles_is_read_to_the_end() => OneLeadAsync("crm_trickle");

    [Fact]
    public Task An_answer_that_breaks_off_is_no_answer() => OneLeadAsync("crm_reset_at_byte");

    [Fact]
    public Task A_webhook_that_comes_three_times_is_one_lead() => OneLeadAsync("webhooks_twice");

    [Fact]
    public Task A_key_that_was_revoked_for_a_moment_loses_nobody() => OneLeadAsync("crm_denied");

    private async Task OneLeadAsync(string name)
    {
        (await system.EndOfAsync(name, "delivered")).Texts.ShouldBe(1);
        (await system.LeadsOfAsync(name)).ShouldBe(1);
    }
}
