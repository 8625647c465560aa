using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Shared.Tests.Messages;

/// <summary>Whoever asks for a person in plain words is understood without a model, and nobody else is taken for one who does.</summary>
public sealed class PersonWordsTests
{
    [Theory]
    [InlineData("I want to talk to a person")]
    [InlineData("can i talk to a real person please")]
    [InlineData("Could I please speak to a human?")]
    [InlineData("I'd like to speak with a representative")]
    [InlineData("talk to someone")]
    [InlineData("I need to talk to somebody about this")]
    [InlineData("let me speak to your manager")]
    [InlineData("I want to speak to the owner")]
    [InlineData("Get me a real person NOW")]
    [InlineData("human")]
    [InlineData("a real person please")]
    [InlineData("Representative!")]
    [InlineData("I want a human")]
    [InlineData("I want a person to answer me")]
    [InlineData("connect me with an agent")]
    [InlineData("put me through to someone")]
    [InlineData("is there someone I can talk to?")]
    [InlineData("can somebody call me")]
    [InlineData("have someone call me please")]
    [InlineData("How do I talk to a live agent?")]
    [InlineData("I don't want to talk to a bot")]
    [InlineData("I don't want to talk to a machine, I want to talk to a human")]
    [InlineData("I would rather talk to a person")]
    [InlineData("quiero hablar con una persona")]
    [InlineData("Quiero hablar con una persona, por favor")]
    [InlineData("¿Puedo hablar con alguien?")]
    [InlineData("necesito hablar con un humano")]
    [InlineData("me gustaría hablar con un representante")]
    [InlineData("quisiera hablar con el encargado")]
    [InlineData("un humano por favor")]
    [InlineData("Quiero una persona real")]
    [InlineData("páseme con alguien")]
    [InlineData("comuníqueme con un asesor")]
    [InlineData("que me llame alguien")]
    [InlineData("no quiero hablar con un robot")]
    [InlineData("¿Hay alguien con quien pueda hablar?")]
    public void Who_asks_for_a_person_is_understood(string words) => PersonWords.AskForOne(words).ShouldBeTrue();

    [Theory]
    [InlineData("Is there a person who can do it on Friday?")]
    [InlineData("Are you a person?")]
    [InlineData("are you a real person or a bot")]
    [InlineData("Am I talking to a human?")]
    [InlineData("How many people work there?")]
    [InlineData("I need to talk to my wife first")]
    [InlineData("I talked to someone yesterday and they said $200")]
    [InlineData("I spoke to a manager last week")]
    [InlineData("Do I have to talk to a person to book?")]
    [InlineData("I don't need to talk to a person")]
    [InlineData("no need to speak with a representative, just the price")]
    [InlineData("Can I book without talking to someone?")]
    [InlineData("What does it cost per person?")]
    [InlineData("Can someone tint my windows on Friday?")]
    [InlineData("Can someone call me when the car is ready?")]
    [InlineData("Does the technician work on Saturdays?")]
    [InlineData("My insurance agent will pay")]
    [InlineData("I want a person who is good with Teslas")]
    [InlineData("it's for another person")]
    [InlineData("The person before me got a discount")]
    [InlineData("Stop texting this person")]
    [InlineData("¿Eres una persona?")]
    [InlineData("¿Hay una persona que lo haga el viernes?")]
    [InlineData("no quiero hablar con nadie")]
    [InlineData("No necesito hablar con una persona")]
    [InlineData("¿Cuánto cuesta por persona?")]
    [InlineData("hablé con alguien ayer")]
    [InlineData("¿Puede alguien polarizar mi carro el lunes?")]
    public void Who_only_names_one_does_not_ask_for_one(string words) => PersonWords.AskForOne(words).ShouldBeFalse();

    [Fact]
    public async Task No_words_keep_a_pattern_busy()
    {
        string[] words =
        [
            "i want a person" + Many(" to talk", 40) + " are you a person", "i want a person" + Many(" to talk to help", 500) + " x", Many("please ", 3_000) + "x", Many("i want to talk to a real ", 500),
            Many("quiero hablar con ", 500), "necesito una persona" + Many(" por favor", 1_000) + " x",
        ];

        await Task.Run(() => words.Select(PersonWords.AskForOne).ToList()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static string Many(string words, int times) => string.Concat(Enumerable.Repeat(words, times));
}
