using System.Text;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Receives a webhook that nobody sent, so that the first real one finds compiled code, open connections and prepared statements.</summary>
internal sealed class WebhookWarmUp(InboxStore inbox, DefaultTenant tenant, TimeProvider clock) : IWarmUp
{
    // As many as a small burst needs at once; and twice over, because a statement is prepared at its second use.
    private const int Events = 4;
    private const int Rounds = 3;

    private static readonly byte[] Body = """{"apiVersion":"3","operation":"INSERT","table":"order","data":{"id":"rehearsal","companyId":"","meta":{"version":1}}}"""u8.ToArray();

    public async Task WarmUpAsync(CancellationToken cancel)
    {
        var signature = new StandardWebhookSignature(["whsec_cmVoZWFyc2Fs"]);
        for (var round = 0; round < Rounds; round++)
        {
            signature.IsValid("rehearsal", "0", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", Body, clock.GetUtcNow());
            var read = ShopmonkeyEvent.Read(Body)!;
            await inbox.RehearseAsync([.. Enumerable.Range(0, Events).Select(index => new NewInboxEvent(
                tenant.Id, "shopmonkey", $"{read.DedupeKey}-{index}", "rehearsal", read.Table, read.Operation, read.ExternalId, Encoding.UTF8.GetString(Body), null))], cancel);
        }
    }
}
