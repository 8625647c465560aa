using LeadOrchestrator.ChatApi.Ai;

namespace LeadOrchestrator.ChatApi.Tests.Ai;

public sealed class HalfLettersTests
{
    [Theory]
    [InlineData("""{"text":"a \ud83d\ude00 b"}""", """{"text":"a \ud83d\ude00 b"}""")]
    [InlineData("""{"text":"no half: \\ud83d"}""", """{"text":"no half: \\ud83d"}""")]
    [InlineData("""{"text":"a \ud83d b"}""", """{"text":"a  b"}""")]
    [InlineData("""{"text":"\ude00 b"}""", """{"text":" b"}""")]
    [InlineData("""{"text":"a \"\ude00\" b"}""", """{"text":"a \"\" b"}""")]
    [InlineData("""{"text":"ma\u00f1ana"}""", """{"text":"ma\u00f1ana"}""")]
    public void What_no_reader_of_JSON_takes_goes_and_the_rest_stays(string line, string whole) => new HalfLetters().Joined(line).ShouldBe(whole);

    [Fact]
    public void The_first_half_waits_for_the_second_over_lines_that_have_none()
    {
        var halves = new HalfLetters();

        halves.Joined("""data: {"text":"a \uD83D"}""").ShouldBe("""data: {"text":"a "}""");
        halves.Joined("").ShouldBe("");
        halves.Joined("event: ping").ShouldBe("event: ping");
        halves.Joined("""data: {"text":"\uDE00 b"}""").ShouldBe("""data: {"text":"\uD83D\uDE00 b"}""");
        halves.Joined("""data: {"text":"\uDE00 b"}""").ShouldBe("""data: {"text":" b"}""");
    }
}
