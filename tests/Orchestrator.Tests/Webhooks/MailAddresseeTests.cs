using System.Net.Http.Json;
using LeadOrchestrator.Sandbox.SendGrid;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>Whose an email is that answers none of ours: that of the franchise whose address it was written to.</summary>
public sealed class MailAddresseeTests(TwoFranchises shop) : IClassFixture<TwoFranchises>
{
    [Theory]
    [InlineData("othello@bright.example")]
    [InlineData("hello@bright.example.net")]
    public async Task What_is_written_to_an_address_that_only_holds_a_franchises_is_not_that_franchises(string to)
    {
        var writer = $"{Guid.CreateVersion7():N}@example.com";
        await Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.second", fromEmail = "hello@bright.example" }));
        await Ok(shop.Owner.PostAsJsonAsync("/api/leads", new { locationId = await shop.LocationAsync(tenantId: shop.SecondId), firstName = "Eve", email = writer }));

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(writer, "Hello", "unsubscribe", to, "none"));

        (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM email_addresses WHERE email = $1 AND unsubscribed_at IS NOT NULL", writer)).ShouldBe(0);
    }

    [Fact]
    public async Task Of_an_address_that_two_franchises_write_from_a_no_is_heard_in_both_and_words_in_none()
    {
        const string shared = "hello@acme-tint.example";
        var (writer, first) = ($"{Guid.CreateVersion7():N}@example.com", await shop.TenantAsync());
        await Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.second", fromEmail = shared.ToUpperInvariant() }));
        try
        {
            await Ok(shop.Owner.PostAsJsonAsync("/api/leads", new { locationId = await shop.LocationAsync(tenantId: shop.SecondId), firstName = "Eve", email = writer }));
            await Ok(shop.Admin.PostAsJsonAsync("/api/leads", new { locationId = await shop.LocationAsync(), firstName = "Eve", email = writer }));

            await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(writer, "Hello", "Is it ready? Eve is my name", shared, "none"));
            (await shop.Database.ScalarAsync<long>("SELECT count(*) FROM webhook_events WHERE topic = 'inbound_mail' AND payload LIKE '%' || $1 || '%'", writer)).ShouldBe(0);
            await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(writer, "Hello", "unsubscribe", shared, "none"));

            (await shop.Database.ColumnAsync<Guid>("SELECT tenant_id FROM email_addresses WHERE email = $1 AND unsubscribed_at IS NOT NULL", writer)).ShouldBe([first, shop.SecondId], ignoreOrder: true);
        }
        finally
        {
            await Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.second", fromEmail = "hello@bright.example" }));
        }
    }

    [Fact]
    public async Task A_no_to_an_answer_address_that_nobody_knows_is_heard_by_the_franchise_that_writes_from_it()
    {
        var writer = $"{Guid.CreateVersion7():N}@example.com";
        await Ok(shop.Owner.PutAsJsonAsync("/api/vendor-credentials/sendgrid", new { apiKey = "SG.second", fromEmail = "hello@bright.example" }));
        await Ok(shop.Owner.PostAsJsonAsync("/api/leads", new { locationId = await shop.LocationAsync(tenantId: shop.SecondId), firstName = "Eve", email = writer }));

        await shop.Sandbox.SendGrid.ReceiveAsync(new InboundMail(writer, "Re: Hello", "unsubscribe", "hello+00000000000000000000000000000000@bright.example", "none"));

        (await shop.Database.ColumnAsync<Guid>("SELECT tenant_id FROM email_addresses WHERE email = $1 AND unsubscribed_at IS NOT NULL", writer)).ShouldBe([shop.SecondId]);
    }

    private static async Task Ok(Task<HttpResponseMessage> answer) => await TwoFranchises.OkAsync(await answer);
}
