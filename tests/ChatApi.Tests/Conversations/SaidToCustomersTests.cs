using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>What staff read of what was said before them.</summary>
public sealed class SaidToCustomersTests
{
    [Theory]
    [InlineData("It's 399 bucks.", true)]
    [InlineData("That would be three ninety-nine.", true)]
    [InlineData("Son 399 dólares.", true)]
    [InlineData("The strip costs 49.", true)]
    [InlineData("It takes 4 hours.", false)]
    [InlineData("We're open from 8 to 5.", false)]
    [InlineData("Call us at (512) 555-0164.", false)]
    [InlineData("You have a 2021 Honda Civic.", false)]
    public void Prices_are_found_however_they_are_said(string sentence, bool isPrice) =>
        (SaidToCustomers.Prices([Said(sentence)]).Count == 1).ShouldBe(isPrice);

    private static ChatMessage Said(string content) => new(
        Guid.CreateVersion7(), 1, MessageRoles.Assistant, MessageChannels.Chat, content, MessageStatuses.Complete, new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero), null, null);
}
