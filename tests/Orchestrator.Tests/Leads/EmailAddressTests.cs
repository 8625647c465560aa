using LeadOrchestrator.Orchestrator.Leads;

namespace LeadOrchestrator.Orchestrator.Tests.Leads;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData(" Ann@Example.COM ", "ann@example.com")]
    [InlineData("ann.lee+quote@mail.example.com", "ann.lee+quote@mail.example.com")]
    public void An_address_is_read_in_small_letters_and_otherwise_left_as_it_is(string text, string address) => EmailAddress.Read(text).ShouldBe(address);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("n/a")]
    [InlineData("ann@localhost")]
    [InlineData("ann@@example.com")]
    [InlineData("Ann <ann@example.com>")]
    [InlineData("ann@example.com, bob@example.com")]
    [InlineData("ann@example.com\r\nBcc: bob@example.com")]
    [InlineData("ann@.example.com")]
    [InlineData("ann lee@example.com")]
    public void What_mail_could_not_be_sent_to_is_none(string? text) => EmailAddress.Read(text).ShouldBeNull();

    [Fact]
    public void An_address_is_not_endless() => EmailAddress.Read($"{new string('a', 300)}@example.com").ShouldBeNull();
}
