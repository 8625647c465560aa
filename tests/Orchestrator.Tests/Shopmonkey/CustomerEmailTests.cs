using LeadOrchestrator.Orchestrator.Shopmonkey;

namespace LeadOrchestrator.Orchestrator.Tests.Shopmonkey;

/// <summary>Which of a customer's addresses is theirs, and whether the CRM has a no to emails for it.</summary>
public sealed class CustomerEmailTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(null, false)]
    [InlineData(false, true)]
    public void Unsubscribed_in_the_CRM_is_a_no(bool? subscribed, bool saidNo) =>
        Of(new EmailRow { Email = "ann@example.com", Subscribed = subscribed }).ShouldBe(("ann@example.com", saidNo));

    [Fact]
    public void The_primary_address_speaks_for_them_all() =>
        Of(new EmailRow { Email = "old@example.com", Subscribed = true }, new EmailRow { Email = "ann@example.com", Primary = true, Subscribed = false }).ShouldBe(("ann@example.com", true));

    [Fact]
    public void One_that_mail_could_not_be_sent_to_says_nothing() =>
        Of(new EmailRow { Email = "none", Primary = true, Subscribed = false }, new EmailRow { Email = "ann@example.com" }).ShouldBe(("ann@example.com", false));

    private static (string? Email, bool SaidNo) Of(params EmailRow[] emails)
    {
        var facts = ShopmonkeyMapping.ToFacts(new CustomerRow { Id = "ann", Emails = emails });
        return (facts.Email, facts.SaidNoToEmails);
    }
}
