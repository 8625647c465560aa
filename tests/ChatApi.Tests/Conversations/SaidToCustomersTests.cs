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

    [Theory]
    [InlineData("I promise we will match it.", true)]
    [InlineData("We'll have it ready by 5 PM.", true)]
    [InlineData("I guarantee it is ready by Friday.", true)]
    [InlineData("We can do it for free.", true)]
    [InlineData("No charge for the removal.", true)]
    [InlineData("I'll throw in the windshield strip.", true)]
    [InlineData("You get a lifetime warranty.", true)]
    [InlineData("We will redo it if it bubbles.", true)]
    [InlineData("We will fit you in on Saturday.", true)]
    [InlineData("I can give you 10% off.", true)]
    [InlineData("It will be done by Friday.", true)]
    [InlineData("Le prometo que queda listo mañana.", true)]
    [InlineData("Se lo hacemos gratis.", true)]
    [InlineData("Tiene garantía de por vida.", true)]
    [InlineData("Le haremos un espacio el sábado.", true)]
    [InlineData("No le cobramos la remoción.", true)]
    [InlineData("Lo tendremos listo a las cinco.", true)]
    [InlineData("Your appointment is booked.", true)]
    [InlineData("Ceramic tint is $399.00.", false)]
    [InlineData("It costs $399.00 for a sedan.", false)]
    [InlineData("What car do you drive?", false)]
    [InlineData("Do you have a warranty?", false)]
    [InlineData("¿Quiere que se lo haga gratis?", false)]
    [InlineData("¿Tiene garantía?", false)]
    [InlineData("El polarizado cerámico cuesta $399.00.", false)]
    [InlineData("We're open from 8 to 5.", false)]
    [InlineData("Estamos abiertos de 8 a 5.", false)]
    [InlineData("I'll be happy to help!", false)]
    [InlineData("Queremos ayudarle.", false)]
    [InlineData("We can't promise a color match.", false)]
    public void Promises_are_found_in_both_languages_and_neither_questions_nor_prices_are_taken_for_one(string sentence, bool isPromise) =>
        (SaidToCustomers.Promises([Said(sentence)]).Count == 1).ShouldBe(isPromise);

    [Fact]
    public void The_card_stays_short_and_shows_what_was_promised_last() =>
        SaidToCustomers.Promises([.. Enumerable.Range(1, 30).Select(number => Said($"We will redo window {number}."))]).Select(said => said.Text)
            .ShouldBe(Enumerable.Range(21, 10).Reverse().Select(number => $"We will redo window {number}."));

    [Fact]
    public async Task No_words_keep_a_pattern_busy()
    {
        string[] words = [Many("no le puedo ", 300), new string('a', 4_000), Many("we will ", 500), Many("i can ", 600), Many("se lo ", 600), Many("haremo", 600)];

        await Task.Run(() => words.Select(said => SaidToCustomers.Promises([Said(said)])).ToList()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static string Many(string words, int times) => string.Concat(Enumerable.Repeat(words, times));

    private static ChatMessage Said(string content) => new(
        Guid.CreateVersion7(), 1, MessageRoles.Assistant, MessageChannels.Chat, content, MessageStatuses.Complete, new DateTimeOffset(2026, 11, 23, 16, 0, 0, TimeSpan.Zero), null, null);
}
