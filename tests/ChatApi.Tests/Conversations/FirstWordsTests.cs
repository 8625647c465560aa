using LeadOrchestrator.ChatApi.Conversations;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>What the Chat API reads for nobody after its start.</summary>
public sealed class FirstWordsTests
{
    [Fact]
    public void All_of_it_can_be_read()
    {
        foreach (var reading in FirstWords.Readings(TimeProvider.System))
        {
            Should.NotThrow(reading);
        }
    }
}
