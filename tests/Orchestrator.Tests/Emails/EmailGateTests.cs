using System.Globalization;
using LeadOrchestrator.Orchestrator.Emails;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.TouchPoints;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>When in doubt, no email goes out.</summary>
public sealed class EmailGateTests
{
    private static readonly DateTimeOffset Sunday3 = DateTimeOffset.Parse("2026-11-22T09:00:00Z", CultureInfo.InvariantCulture);
    private static readonly EmailRecipient Ann = new("ann@example.com", SaidStop: false, IsUnsubscribed: false);
    private static readonly SendGridAccount Account = new(new Uri("http://localhost:3002"), "SG.x", "hello@acme.example", null, null);

    private static readonly DueEmail Due = new()
    {
        LeadId = Guid.Empty, Attempts = 0, MaxAttempts = 5, ExpiresAt = Sunday3.AddDays(3), Email = "ann@example.com", PhoneType = "landline", LeadStatus = "new",
        IsTest = false, FirstName = "Ann", Vehicle = "", LocationName = "Acme", LocationAddress = "1 Main St, Austin, TX 78701",
    };

    [Fact]
    public void Email_has_no_legal_hours() => Gate().Decide(Due, Ann, Account, Sunday3).ShouldBeNull();

    [Fact]
    public void Whoever_said_stop_by_text_gets_no_email_either() =>
        Gate().Decide(Due, Ann with { SaidStop = true }, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "opted_out"));

    [Fact]
    public void A_no_in_the_CRM_is_one_to_emails_too() =>
        Gate().Decide(Due, Ann with { SaidNoInCrm = true }, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "crm_opt_out"));

    [Fact]
    public void Whom_no_email_reaches_whatever_its_words_is_told_with_the_reason()
    {
        const string address = "1 Main St, Austin, TX 78701";
        var lead = new TextRecipient(null, null, "contacted", IsTest: false, "mobile");
        var (gate, demo) = (Gate(), Gate(("DEMO_MODE", "true")));

        gate.WhyNoEmail(Ann, lead, address, Account).ShouldBeNull();
        gate.WhyNoEmail(Ann with { SaidNoInCrm = true }, lead, address, Account).ShouldBe("crm_opt_out");
        gate.WhyNoEmail(Ann with { IsUnsubscribed = true }, lead, address, Account).ShouldBe("unsubscribed");
        gate.WhyNoEmail(Ann with { Suppression = "address_bounced" }, lead, address, Account).ShouldBe("address_bounced");
        gate.WhyNoEmail(Ann, lead, null, Account).ShouldBe("no_postal_address");
        gate.WhyNoEmail(Ann, lead, address, null).ShouldBe("email_switched_off");
        demo.WhyNoEmail(Ann, lead, address, Account).ShouldBe("demo_mode");
        demo.WhyNoEmail(Ann, lead with { IsTest = true }, address, Account).ShouldBeNull();
    }

    [Fact]
    public void An_unsubscribed_address_is_never_mailed_again() =>
        Gate().Decide(Due, Ann with { IsUnsubscribed = true }, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "unsubscribed"));

    [Fact]
    public void An_address_that_takes_no_mail_gets_none() =>
        Gate().Decide(Due, Ann with { Suppression = "address_bounced" }, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "address_bounced"));

    [Theory]
    [InlineData("won", "lead_won")]
    [InlineData("lost", "lead_lost")]
    [InlineData("booked", "lead_booked")]
    [InlineData("opted_out", "opted_out")]
    public void A_lead_that_is_decided_is_left_alone(string status, string reason) =>
        Gate().Decide(Due with { LeadStatus = status }, Ann, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", reason));

    [Fact]
    public void A_deleted_order_a_late_one_and_one_without_an_address_end()
    {
        Gate().Decide(Due with { DeletedAt = Sunday3 }, Ann, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "order_deleted"));
        Gate().Decide(Due with { DeletedAt = Sunday3, Content = "Hello" }, Ann, Account, Sunday3).ShouldBeNull("staff may write");
        Gate().Decide(Due with { ExpiresAt = Sunday3 }, Ann, Account, Sunday3).ShouldBe(new EmailEnd("expired", "too_late"));
        Gate().Decide(Due, Ann with { Address = null }, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "no_email"));
    }

    [Fact]
    public void In_demo_mode_only_test_leads_are_mailed()
    {
        var demo = Gate(("DEMO_MODE", "true"));
        demo.Decide(Due, Ann, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "demo_mode"));
        demo.Decide(Due with { IsTest = true }, Ann, Account, Sunday3).ShouldBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Without_a_postal_address_of_the_shop_a_step_is_left_out_and_of_what_was_booked_or_written_a_person_decides(string? address)
    {
        Gate().Decide(Due with { LocationAddress = address }, Ann, Account, Sunday3).ShouldBe(new EmailEnd("suppressed", "no_postal_address"));
        Gate().Decide(Due with { LocationAddress = address, Content = "You are booked." }, Ann, Account, Sunday3).ShouldBe(new EmailEnd("needs_review", "no_postal_address"));
    }

    [Fact]
    public void Switched_off_is_said_so() => Gate().Decide(Due, Ann, null, Sunday3).ShouldBe(new EmailEnd("suppressed", "email_switched_off"));

    [Fact]
    public void To_real_mailboxes_only_links_that_are_https()
    {
        var real = Account with { BaseUrl = new Uri("https://api.sendgrid.com") };
        Gate().Decide(Due, Ann, real, Sunday3).ShouldBe(new EmailEnd("needs_review", "public_url_is_not_https"));
        Gate(("PUBLIC_URL", "https://acme.example")).Decide(Due, Ann, real, Sunday3).ShouldBeNull();
    }

    private static EmailGate Gate(params (string Name, string Value)[] changes)
    {
        var variables = new Dictionary<string, string?> { ["DATABASE_URL"] = "postgresql://u:p@h/d", ["PUBLIC_URL"] = "http://localhost:3000" };
        foreach (var (name, value) in changes)
        {
            variables[name] = value;
        }

        return new EmailGate(OrchestratorSettings.Read(new Variables(new ConfigurationBuilder().AddInMemoryCollection(variables).Build())));
    }
}
