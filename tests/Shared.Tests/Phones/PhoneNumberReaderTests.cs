using LeadOrchestrator.Shared.Phones;

namespace LeadOrchestrator.Shared.Tests.Phones;

public sealed class PhoneNumberReaderTests
{
    [Theory]
    [InlineData("(512) 472-5678", null, "+15124725678", PhoneTypes.Unknown)]
    [InlineData("512-472-5678", "Mobile", "+15124725678", PhoneTypes.Mobile)]
    [InlineData("+1 512 472 5678", "mobile", "+15124725678", PhoneTypes.Mobile)]
    [InlineData("1.512.472.5678", "VoIP", "+15124725678", PhoneTypes.Voip)]
    [InlineData("5124725678", "Other", "+15124725678", PhoneTypes.Unknown)]
    [InlineData("  5124725678  ", null, "+15124725678", PhoneTypes.Unknown)]
    [InlineData("512-472-5678", "Landline", "+15124725678", PhoneTypes.Landline)]
    [InlineData("512-472-5678 x45", null, "+15124725678", PhoneTypes.Unknown)]
    [InlineData("512-472-5678 ext. 45", null, "+15124725678", PhoneTypes.Unknown)]
    [InlineData("512-555-0123", "Mobile", "+15125550123", PhoneTypes.Mobile)]
    [InlineData("+15005550001", null, "+15005550001", PhoneTypes.Unknown)]
    [InlineData("+1 787 234 5678", null, "+17872345678", PhoneTypes.Unknown)]
    [InlineData("800-555-0199", null, "+18005550199", PhoneTypes.Landline)]
    [InlineData("+1 416 967 1111", null, "+14169671111", PhoneTypes.Foreign)]
    [InlineData("416-967-1111", "Mobile", "+14169671111", PhoneTypes.Foreign)]
    [InlineData("416-555-0123", "Mobile", "+14165550123", PhoneTypes.Foreign)]
    [InlineData("+1 876 555 0123", null, "+18765550123", PhoneTypes.Foreign)]
    [InlineData("+44 7911 123456", "Mobile", "+447911123456", PhoneTypes.Foreign)]
    [InlineData("+52 55 1234 5678", null, "+525512345678", PhoneTypes.Foreign)]
    [InlineData("011 44 7911 123456", null, "+447911123456", PhoneTypes.Foreign)]
    [InlineData("", null, null, PhoneTypes.Missing)]
    [InlineData("   ", "Mobile", null, PhoneTypes.Missing)]
    [InlineData(null, null, null, PhoneTypes.Missing)]
    [InlineData("call me", null, null, PhoneTypes.Invalid)]
    [InlineData("911", null, null, PhoneTypes.Invalid)]
    [InlineData("472-5678", null, null, PhoneTypes.Invalid)]
    [InlineData("512-472-567", null, null, PhoneTypes.Invalid)]
    [InlineData("512-472-56789", null, null, PhoneTypes.Invalid)]
    [InlineData("123", "Mobile", null, PhoneTypes.Invalid)]
    [InlineData("+", null, null, PhoneTypes.Invalid)]
    [InlineData("📱", null, null, PhoneTypes.Invalid)]
    public void A_number_is_read_as_somebody_in_the_US_wrote_it(string? text, string? told, string? e164, string type) =>
        PhoneNumberReader.Read(text, told).ShouldBe(new Phone(e164, type));

    [Fact]
    public void A_very_long_text_is_no_number() => PhoneNumberReader.Read(new string('5', 100_000)).Type.ShouldBe(PhoneTypes.Invalid);

    [Theory]
    [InlineData(PhoneTypes.Mobile, true)]
    [InlineData(PhoneTypes.Voip, true)]
    [InlineData(PhoneTypes.Unknown, true)]
    [InlineData(PhoneTypes.Landline, false)]
    [InlineData(PhoneTypes.Foreign, false)]
    [InlineData(PhoneTypes.Invalid, false)]
    [InlineData(PhoneTypes.Missing, false)]
    public void Only_some_types_are_texted(string type, bool isTexted) => PhoneTypes.TakesTexts(type).ShouldBe(isTexted);
}
