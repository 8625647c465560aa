using LeadOrchestrator.ChatApi.Guard;

namespace LeadOrchestrator.ChatApi.Tests.Guard;

/// <summary>A bare yes says what the customer asked.</summary>
public sealed class AffirmationTests
{
    private static readonly GuardShop Shop = GuardShop.All[0];
    private static readonly TruthFacts Facts = Shop.Facts("2021 Honda Civic");

    [Theory]
    [InlineData("Is it free?", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("Hi! So it's free?", "Yes.", ViolationKinds.Free)]
    [InlineData("It's free, right?", "Hi Ann! That's right.", ViolationKinds.Free)]
    [InlineData("Is the windshield strip free?", "Absolutely!", ViolationKinds.Free)]
    [InlineData("¿Es gratis?", "¡Sí, claro!", ViolationKinds.Free)]
    [InlineData("So $99?", "Correct.", ViolationKinds.Price)]
    [InlineData("Is it $99 for my Civic?", "Good question! Yes, it is. Anything else?", ViolationKinds.Price)]
    [InlineData("Can you do it for $99?", "Sure!", ViolationKinds.Price)]
    [InlineData("¿Cuesta 99 dólares?", "Así es.", ViolationKinds.Price)]
    [InlineData("Is there a discount?", "Yes, there is!", ViolationKinds.Discount)]
    [InlineData("Do I get 20% off?", "You do!", ViolationKinds.Discount)]
    [InlineData("Am I booked?", "Yes.", ViolationKinds.Deed)]
    [InlineData("Am I booked for Tuesday at 10?", "Yes, you are, Ann!", ViolationKinds.Deed)]
    [InlineData("Is my appointment confirmed?", "Yes it is.", ViolationKinds.Deed)]
    [InlineData("Did you book it?", "Yes, we did.", ViolationKinds.Deed)]
    [InlineData("Open on Sunday?", "Sure are!", ViolationKinds.Hours)]
    [InlineData("Are you open on Sunday?", "Yes, we are!", ViolationKinds.Hours)]
    [InlineData("¿Abren los domingos?", "Sí.", ViolationKinds.Hours)]
    [InlineData("Is it free? Thanks!", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("is it free?\nhello?", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("Am I booked for Tuesday at 10? Thank you!", "Yes, you are!", ViolationKinds.Deed)]
    [InlineData("Is it free? Do you offer ceramic?", "Yes!", ViolationKinds.Free)]
    [InlineData("so the strip is free", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("the strip is free right", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("Is the strip free if I get the full tint?", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("If I get the full tint, is the strip free?", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("Is it free when I book the full car?", "Yes, it is!", ViolationKinds.Free)]
    [InlineData("Is it free?", "Absolutely, no problem!", ViolationKinds.Free)]
    [InlineData("Is it free?", "Of course it is, happy to help!", ViolationKinds.Free)]
    [InlineData("Am I booked?", "Yup, you're good", ViolationKinds.Deed)]
    public void A_yes_to_a_question_that_would_be_a_lie_is_one_and_is_never_seen(string asked, string answer, string kind)
    {
        foreach (var pieces in (IEnumerable<string>[])[[answer], answer.Select(character => character.ToString())])
        {
            var passage = Passage.Of(Facts with { Asked = asked }, pieces);

            passage.Violation!.Kind.ShouldBe(kind);
            (passage.Shown is "" or "Hi Ann! " or "Good question! ").ShouldBeTrue(passage.Shown);
        }
    }

    [Theory]
    [InlineData("Is it free?", "No, it isn't.")]
    [InlineData("Is it free?", "Yes, ceramic film keeps the heat out. It isn't free, though.")]
    [InlineData("Is it free to ask?", "Yes, it is!")]
    [InlineData("Is it free or not?", "Yes, let me see.")]
    [InlineData("Can you tell me if it's free?", "Sure!")]
    [InlineData("Can you check the price for me? Is it $399?", "Yes, it is.")]
    [InlineData("Can you book me for Tuesday at 10?", "Sure!")]
    [InlineData("Do you know whether you're open Sunday?", "Yes! We're closed on Sunday.")]
    [InlineData("Are you open on Tuesday?", "Yes, we are!")]
    [InlineData("Is 35 dark enough?", "Yes.")]
    [InlineData("It's not free, is it?", "Correct.")]
    [InlineData("Do you offer ceramic?", "Yes, we do!")]
    [InlineData("Is my number 512-555-0142?", "Yes, it is.")]
    [InlineData("I want it for free", "Yes, I see.")]
    [InlineData("Is it free? I guess not. Please book me for Tuesday.", "Sure!")]
    [InlineData("Is it free? Can you check?", "Sure!")]
    [InlineData("Do you know if it's free?", "Yes.")]
    [InlineData("Can you book me for Tuesday at 10?", "Absolutely, no problem!")]
    [InlineData("Thanks!", "Of course, happy to help!")]
    [InlineData("How much is it?", "Sure! Full Car Ceramic Tint is $399.00.")]
    public void A_yes_that_is_true_or_answers_something_else_goes_out(string asked, string answer)
    {
        foreach (var pieces in (IEnumerable<string>[])[[answer], answer.Select(character => character.ToString())])
        {
            Passage.Of(Facts with { Asked = asked }, pieces).ShouldBe(new Passage(answer, null));
        }
    }

    [Fact]
    public void A_yes_to_who_asks_for_the_booking_that_stands_is_true()
    {
        var tuesday = new TakenSlot(GuardShop.Now.AddDays(1), 39900, "Full Car Ceramic Tint", IsHeld: false);
        var facts = Shop.Facts("2021 Honda Civic", Deeds.Booked) with { Slots = [tuesday] };

        Passage.Of(facts with { Asked = "Am I booked for Tuesday at 10?" }, ["Yes, you are!"]).Violation.ShouldBeNull();
        Passage.Of(facts with { Asked = "Am I booked for Friday at 3?" }, ["Yes, you are!"]).Violation!.Kind.ShouldBe(ViolationKinds.Deed);
    }
}
