using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

/// <summary>Who says that a number is not our customer's, and who says no for themselves.</summary>
public sealed class WrongNumberTests
{
    [Theory]
    [InlineData("wrong number", true)]
    [InlineData("Sorry, you have the wrong person", true)]
    [InlineData("Wrong number, stop texting me", true)]
    [InlineData("This isn't Maria", true)]
    [InlineData("Número equivocado", true)]
    [InlineData("aquí no vive", true)]
    [InlineData("this number belongs to someone else now", true)]
    [InlineData("este número ya no es de ella", true)]
    [InlineData("no conozco a esa persona", true)]
    [InlineData("equivocado", true)]
    [InlineData("Not John", true)]
    [InlineData("im not john", true)]
    [InlineData("this is not me", true)]
    [InlineData("wrng number", true)]
    [InlineData("I'm not Mike, I'm his wife", false)]
    [InlineData("You have the wrong number for my husband", false)]
    [InlineData("he passed away", false)]
    [InlineData("STOP", false)]
    [InlineData("please stop texting me", false)]
    [InlineData("not interested", false)]
    [InlineData("who gave you my number", false)]
    [InlineData("no me escriban más", false)]
    [InlineData("I gave you the wrong number of windows", false)]
    public void A_wrong_number_is_told_from_the_no_of_a_customer(string text, bool isWrong) => OptOutWords.IsWrongNumber(text).ShouldBe(isWrong);
}
