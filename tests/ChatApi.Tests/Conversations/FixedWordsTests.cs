using LeadOrchestrator.ChatApi.Conversations;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Tests.Conversations;

/// <summary>What we say ourselves is said in the customer's language.</summary>
public sealed class FixedWordsTests
{
    private static readonly LocationHours Weekdays = new("America/Chicago", [.. Enumerable.Range(1, 5).Select(day => new OpenSpan(day, new TimeOnly(8, 0), new TimeOnly(17, 0)))]);
    private static readonly DateTimeOffset FridayNight = new(2026, 11, 28, 4, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, "Hola, cuánto cuesta el polarizado?")]
    [InlineData(true, "Hola, cuánto cuesta el polarizado?", "ok")]
    [InlineData(true, "How much is it?", "¿Y en español?")]
    [InlineData(false, "Hola, quiero una cita", "How much is it, please?")]
    [InlineData(false, "399?")]
    [InlineData(false)]
    public void The_newest_message_that_tells_decides_the_language(bool isSpanish, params string[] messages) =>
        FixedWords.IsSpanish([.. messages.Select((text, place) => Customer(place + 1, text))]).ShouldBe(isSpanish);

    [Fact]
    public void After_hours_they_say_when_somebody_answers()
    {
        FixedWords.HandedOver(false, Weekdays, FridayNight).ShouldBe("The shop is closed now. A person answers when it opens: Monday, November 30, at 8:00 AM.");
        FixedWords.HandedOver(true, Weekdays, FridayNight).ShouldBe("El taller está cerrado ahora. Una persona le contestará cuando abra: lunes 30 de noviembre a las 8:00.");
    }

    [Fact]
    public void While_the_shop_is_open_or_nobody_knows_a_person_answers_from_now_on()
    {
        FixedWords.HandedOver(false, Weekdays, FridayNight.AddHours(-12)).ShouldBe("A person of the shop answers from now on.");
        FixedWords.HandedOver(true, Weekdays with { Days = [] }, FridayNight.AddHours(-12)).ShouldBe("Desde ahora le contesta una persona del taller.");
    }

    [Fact]
    public void Where_nobody_knows_the_hours_nothing_is_promised_for_the_night()
    {
        FixedWords.HandedOver(false, Weekdays with { Days = [] }, FridayNight).ShouldBe("A person of the shop answers as soon as somebody is there.");
        FixedWords.HandedOver(true, Weekdays with { Days = [] }, FridayNight).ShouldBe("Una persona del taller le contestará en cuanto haya alguien.");
    }

    [Fact]
    public void Each_of_them_fits_into_a_text_of_two_parts()
    {
        foreach (var words in new[]
        {
            FixedWords.HandedOver(true, Weekdays, FridayNight), FixedWords.HandedOver(true, Weekdays with { Days = [] }, FridayNight), FixedWords.NotNow([Customer(1, "¿Hola?")], "+15125550100"), FixedWords.ShopConfirms([Customer(1, "¿Hola?")], "+15125550100"),
            FixedWords.HandedOver(false, Weekdays, FridayNight), FixedWords.NotNow([], "+15125550100"), FixedWords.ShopConfirms([], "+15125550100"),
        })
        {
            words.Length.ShouldBeLessThanOrEqualTo(134); // two parts in the dearer alphabet
        }
    }

    private static ChatMessage Customer(long seq, string text) =>
        new(Guid.CreateVersion7(), seq, MessageRoles.Customer, MessageChannels.Chat, text, MessageStatuses.Complete, FridayNight, null, null);
}
