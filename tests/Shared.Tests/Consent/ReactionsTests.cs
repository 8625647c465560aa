using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

public sealed class ReactionsTests
{
    private const string Ours = "Hi Ann, this is Acme Tint. Thanks for asking about your 2021 Honda Civic! Chat with us here: {link} Reply STOP to opt out.";
    private const string Delivered = "Hi Ann, this is Acme Tint. Thanks for asking about your 2021 Honda Civic! Chat with us here: https://chat.example.com/c/Ab3-x_9 Reply STOP to opt out.";

    [Theory]
    [InlineData("Liked “{0}”")]
    [InlineData("Loved “{0}”")]
    [InlineData("Disliked “{0}”")]
    [InlineData("Laughed at “{0}”")]
    [InlineData("Emphasized “{0}”")]
    [InlineData("Emphasised “{0}”")]
    [InlineData("Questioned “{0}”")]
    [InlineData("Reacted 🔥 to “{0}”")]
    [InlineData("Reacted with a sticker to “{0}”")]
    [InlineData("Removed a like from “{0}”")]
    [InlineData("Removed an exclamation from “{0}”")]
    [InlineData("Removed a question mark from “{0}”")]
    [InlineData("Removed 🔥 from “{0}”")]
    [InlineData("Liked \"{0}\"")]
    [InlineData("liked \"{0}\"  ")]
    [InlineData("👍 to “{0}”")]
    [InlineData("\u200A\u200B👍🏽\u200B to “\u200B{0}\u200B” ")]
    [InlineData("❤️ to “{0}”")]
    [InlineData("👍 removed from “{0}”")]
    [InlineData("👍 a “{0}”")]
    [InlineData("Le gustó “{0}”")]
    [InlineData("Le gusta “{0}”")]
    [InlineData("No le gustó “{0}”")]
    [InlineData("Le encantó “{0}”")]
    [InlineData("Le dio risa “{0}”")]
    [InlineData("Se rió de “{0}”")]
    [InlineData("Enfatizó “{0}”")]
    [InlineData("Destacó “{0}”")]
    [InlineData("Exclamó por “{0}”")]
    [InlineData("Preguntó por “{0}”")]
    [InlineData("Dudó sobre “{0}”")]
    [InlineData("Indicó que le gusta “{0}”")]
    [InlineData("Reaccionó con 👍 a «{0}»")]
    [InlineData("Quitó un Me gusta de “{0}”")]
    public void A_reaction_quotes_the_text_that_it_is_on(string form)
    {
        ArgumentNullException.ThrowIfNull(form);
        IsReaction(form.Replace("{0}", Delivered, StringComparison.Ordinal), Ours).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Liked “Hi Ann, this is Acme Tint. Thanks for ask…”")]
    [InlineData("Liked “Hi Ann, this is Acme Tint. Thanks for asking about your 2021 Honda Civic! Chat with us here: https://chat.exam...")]
    [InlineData("Disliked \"Hi Ann, this is Acme Tint.\n\nThanks for asking")]
    public void Of_a_long_text_the_beginning_is_quoted(string text) => IsReaction(text, Ours).ShouldBeTrue();

    [Fact]
    public void Quotes_and_accents_that_the_carrier_has_replaced_make_no_difference()
    {
        IsReaction("Liked “It's “ceramic” - and it's 20% off... José”", "It’s \"ceramic\" – and it’s 20% off… Jose").ShouldBeTrue();
    }

    [Theory]
    [InlineData("Stop texting me")]
    [InlineData("You said “Reply STOP to opt out.”")]
    [InlineData("Liked “Reply STOP to opt out.”")]
    [InlineData("Liked “Hi Ann, this is Acme Tint. Thanks for asking about your 2021 Honda Civic!” stop texting me")]
    [InlineData("Liked “”")]
    [InlineData("Loved it! “Hi Ann”")]
    [InlineData("Liked an image")]
    [InlineData("STOP “Hi Ann, this is Acme Tint.”")]
    [InlineData("I never liked “Hi Ann, this is Acme Tint.”")]
    [InlineData("please 👍 to “Hi Ann, this is Acme Tint.”")]
    public void Everything_else_is_words_of_theirs(string text) => IsReaction(text, Ours).ShouldBeFalse();

    private static bool IsReaction(string text, string ours) => Reactions.Quoted(text) is { } quoted && Reactions.IsTo(ours, quoted);
}
