using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>What the doors remember of what they turned away.</summary>
public sealed class WebhookRefusalsTests
{
    [Fact]
    public void What_was_not_stored_is_remembered_until_somebody_looks_for_it()
    {
        var refusals = new WebhookRefusals(new Conditions(NullLogger<Conditions>.Instance), NullLogger<WebhookRefusals>.Instance);
        refusals.TakeNotStored().ShouldBeFalse();

        var answer = refusals.NotStored(new TimeoutException(), new DefaultHttpContext());

        answer.StatusCode.ShouldBe(503);
        refusals.TakeNotStored().ShouldBeTrue();
        refusals.TakeNotStored().ShouldBeFalse();
    }
}
