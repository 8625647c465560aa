using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

public sealed class WordsOfAttemptTests
{
    [Theory]
    [InlineData("It’s ready – “as new”…  São 8\u00A0am", "It's ready - \"as new\"... Sao 8 am", true)]
    [InlineData("Your car is ready 🚗", "Your car is ready 🚙", false)]
    [InlineData("Your car is ready.", "Your car is not ready.", false)]
    public void Letters_that_the_vendor_replaces_make_no_other_text_of_it(string handedOver, string listed, bool isIt) =>
        new WordsOfAttempt(handedOver, ["SM2"], DateTimeOffset.UnixEpoch).Fit(new TwilioMessage("SM1", "delivered", listed, null) { Direction = "outbound-api" }).ShouldBe(isIt);
}
