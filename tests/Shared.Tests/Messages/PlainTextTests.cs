using System.Text;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Shared.Tests.Messages;

/// <summary>Text as a thread takes it: whole characters, which PostgreSQL takes.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab😡", 3, "ab")]
    [InlineData("ab😡c", 4, "ab😡")]
    [InlineData("😡", 1, "")]
    [InlineData("", 3, "")]
    public void A_text_is_cut_at_a_whole_character(string text, int most, string cut)
    {
        PlainText.Cut(text, most).ShouldBe(cut);
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(PlainText.Cut(text, most)).ShouldBeGreaterThanOrEqualTo(0);
    }
}
