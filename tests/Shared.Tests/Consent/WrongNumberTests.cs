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
    [InlineData("STOP", false)]
    [InlineData("please stop texting me", false)]
    [InlineData("not interested", false)]
    [InlineData("who gave you my number", false)]
    [InlineData("no me escriban más", false)]
    [InlineData("I gave you the wrong number of windows", false)]
    public void A_wrong_number_is_told_from_the_no_of_a_customer(string text, bool isWrong) => OptOutWords.IsWrongNumber(text).ShouldBe(isWrong);
}
