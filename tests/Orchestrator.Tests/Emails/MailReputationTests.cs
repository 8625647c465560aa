using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace LeadOrchestrator.Orchestrator.Tests.Emails;

/// <summary>Readers who call our emails spam slow what is planned for many, before the mailbox providers do it.</summary>
public sealed class MailReputationTests : Shop
{
    private WebApplication _app = null!;

    protected override bool StartsOne => false;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await StartAsync();
    }

    [Fact]
    public async Task With_too_many_complaints_the_emails_of_a_sequence_wait_and_greetings_go_on()
    {
        using var staff = await SignedInAsync();
        var (tenant, health) = (await TenantAsync(), _app.Services.GetRequiredService<SenderHealth>());
        foreach (var address in new[] { "angry1@example.com", "angry2@example.com" })
        {
            await this.SentAsync(await this.LeadByApiAsync(staff, await LocationAsync(), null, address));
            await Sandbox.SendGrid.TellAsync(Sandbox.SendGrid.Sent.Single(mail => mail.To[0] == address), ["delivered", "spamreport"]);
        }

        await health.RunOnceAsync(CancellationToken.None);
        health.OfMails(tenant).Reason.ShouldBe("too_many_complaints");
        var lead = await this.LeadByApiAsync(staff, await LocationAsync(), null, "patient@example.com");
        await this.SentAsync(lead);
        await Database.ExecuteAsync("""
            INSERT INTO touch_points (tenant_id, id, lead_id, step, channel, status, due_at, expires_at, created_at, updated_at)
            SELECT tenant_id, gen_random_uuid(), id, 'day_3', 'email', 'scheduled', '2026-11-23T15:00:00Z', '2026-11-27Z', '2026-11-23Z', '2026-11-23Z' FROM leads WHERE id = $1
            ON CONFLICT (tenant_id, lead_id, step) DO UPDATE SET due_at = excluded.due_at
            """, lead);

        await Eventually.TrueAsync(async () => await this.StepAsync(lead, "day_3", "scheduled", "sending") == "too_many_complaints", "the email to wait");
        Sandbox.SendGrid.Sent.Count(mail => mail.To[0] == "patient@example.com").ShouldBe(1);
        (await Http.GetStringAsync("/health")).ShouldContain("email_reputation");
    }

    [Fact]
    public async Task Emails_that_came_back_are_counted()
    {
        using var staff = await SignedInAsync();
        foreach (var (address, told) in new[] { ("gone@example.com", "bounce"), ("here@example.com", "delivered") })
        {
            await this.SentAsync(await this.LeadByApiAsync(staff, await LocationAsync(), null, address));
            await Sandbox.SendGrid.TellAsync(Sandbox.SendGrid.Sent.Single(mail => mail.To[0] == address), [told]);
        }

        (await _app.Services.GetRequiredService<AttemptStore>().MailRatesAsync(await TenantAsync(), TimeSpan.FromDays(7), CancellationToken.None)).ShouldBe(new MailRates(2, 0, 1));
    }

    [Fact]
    public async Task Which_shop_has_no_postal_address_is_not_told_to_the_world()
    {
        await LocationAsync(address: null);

        await _app.Services.GetRequiredService<SenderHealth>().RunOnceAsync(CancellationToken.None);

        var health = await Http.GetStringAsync("/health");
        health.ShouldContain("no_postal_address");
        health.ShouldNotContain("Acme Tint North");
    }
}
