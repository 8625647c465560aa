using System.Text.Json;
using LeadOrchestrator.Orchestrator.Leads;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Shopmonkey;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Takes a webhook that nobody sent from its door to the planned text, without a trace, so that the first real one is as fast as the next.</summary>
internal sealed class WebhookWarmUp(
    IServiceProvider services, ShopmonkeyWebhook door, LeadIntake intake, PlatformSettings platform, DefaultTenant tenant, TimeProvider clock) : IWarmUp
{
    // As many connections as a small burst needs at once; and thrice over, because a statement is prepared at its second use.
    private const int Connections = 3;
    private const int Rounds = 3;

    private const string Order = """
        {"apiVersion":"3","operation":"INSERT","table":"order","data":{"id":"rehearsal","companyId":"{company}","name":"New Quote - Tint","status":"Estimate","createdDate":"2026-11-23T16:00:00.000Z","meta":{"version":1}}}
        """;

    private const string Customer = """
        {"success":true,"data":{"id":"rehearsal","firstName":"Nobody","emails":[{"email":"nobody@example.com","primary":true}],"phoneNumbers":[{"number":"+15125550100","primary":true,"type":"Mobile"}]}}
        """;

    private const string Vehicle = """{"success":true,"data":{"id":"rehearsal","year":2021,"make":"Honda","model":"Civic"}}""";

    public async Task WarmUpAsync(CancellationToken cancel)
    {
        var body = Order.Replace("{company}", platform.ShopmonkeyCompanyId, StringComparison.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => door.RehearseAsync(Delivery(body), cancel)));
            await RehearseIntakeAsync(body);
        }
    }

    private DefaultHttpContext Delivery(string body)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Body = new MemoryStream(bytes);
        context.Request.ContentLength = bytes.Length;
        context.Request.Headers["webhook-id"] = "rehearsal";
        context.Request.Headers["webhook-timestamp"] = "0";
        context.Request.Headers["webhook-signature"] = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        return context;
    }

    // The mapping of a lead, without asking the CRM; and a transaction over an event that is not there: it finds that it is not ours, and is rolled back.
    private async Task RehearseIntakeAsync(string body)
    {
        var order = JsonSerializer.Deserialize(body, ShopmonkeyJson.Default.OrderEnvelope)!.Data;
        var lead = ShopmonkeyMapping.ToLead(
            order, JsonSerializer.Deserialize(Customer, ShopmonkeyJson.Default.AnswerCustomerRow)!.Data,
            JsonSerializer.Deserialize(Vehicle, ShopmonkeyJson.Default.AnswerVehicleRow)!.Data, Guid.Empty, "America/Chicago", clock.GetUtcNow());
        LegalHours.PlacesOf(lead.Timezone, lead.Phone.E164!);
        var nobodys = new InboxEvent(tenant.Id, Guid.CreateVersion7(), "order", "DELETE", order.Id, body, 1, null, clock.GetUtcNow());
        await intake.TakeInAsync(new Intake.NoLead(nobodys, new LostOrder(order.Id, lead.ExternalVersion, IsGone: true), "rehearsal"));
    }
}
