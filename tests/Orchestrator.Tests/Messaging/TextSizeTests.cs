using LeadOrchestrator.Orchestrator.Messaging;

namespace LeadOrchestrator.Orchestrator.Tests.Messaging;

/// <summary>What carriers count: by the rules of 3GPP TS 23.038 and 23.040.</summary>
public sealed class TextSizeTests
{
    [Theory]
    [InlineData("a", 160, "GSM-7", 1)]
    [InlineData("a", 161, "GSM-7", 2)]
    [InlineData("a", 306, "GSM-7", 2)]
    [InlineData("a", 307, "GSM-7", 3)]
    [InlineData("€", 80, "GSM-7", 1)]
    [InlineData("€", 81, "GSM-7", 2)]
    [InlineData("€", 152, "GSM-7", 2)]
    [InlineData("€", 153, "GSM-7", 3)]
    [InlineData("ж", 70, "UCS-2", 1)]
    [InlineData("ж", 71, "UCS-2", 2)]
    [InlineData("ж", 134, "UCS-2", 2)]
    [InlineData("ж", 135, "UCS-2", 3)]
    [InlineData("🚗", 35, "UCS-2", 1)]
    [InlineData("🚗", 36, "UCS-2", 2)]
    [InlineData("🚗", 66, "UCS-2", 2)]
    [InlineData("🚗", 67, "UCS-2", 3)]
    public void Parts_are_counted_as_they_are_sent(string letter, int times, string encoding, int segments) =>
        TextSize.Of(string.Concat(Enumerable.Repeat(letter, times))).ShouldBe(new TextSize(encoding, segments));

    [Fact]
    public void One_curly_quote_makes_a_text_twice_as_dear()
    {
        TextSize.Of($"It's {new string('a', 100)}").Segments.ShouldBe(1);
        TextSize.Of($"It’s {new string('a', 100)}").ShouldBe(new TextSize("UCS-2", 2));
        TextSize.Of($"It’s {new string('a', 100)}").CostMicros.ShouldBe(2 * TextSize.MicrosPerSegment);
    }

    [Fact]
    public void An_empty_text_is_a_part_too() => TextSize.Of("").ShouldBe(new TextSize("GSM-7", 1));
}
