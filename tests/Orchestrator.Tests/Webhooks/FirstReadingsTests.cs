using LeadOrchestrator.Orchestrator.Webhooks;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>What the Orchestrator reads for nobody after its start.</summary>
public sealed class FirstReadingsTests
{
    [Fact]
    public void All_of_them_can_be_read()
    {
        foreach (var reading in TwilioInbound.FirstReadings)
        {
            Should.NotThrow(reading);
        }
    }
}
