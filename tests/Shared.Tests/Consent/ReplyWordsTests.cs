using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

public sealed class ReplyWordsTests
{
    [Theory]
    [InlineData("STOP")]
    [InlineData("stop")]
    [InlineData("STOPALL")]
    [InlineData(" Stop ")]
    [InlineData("UNSUBSCRIBE")]
    [InlineData("Cancel")]
    [InlineData("END")]
    [InlineData("quit")]
    [InlineData("revoke")]
    [InlineData("OPTOUT")]
    public void A_carriers_keyword_stops(string text) => ReplyWords.Read(text).ShouldBe(ReplyKind.StopKeyword);

    [Theory]
    [InlineData("  Stop. ")]
    [InlineData("STOP!!!")]
    [InlineData("\"Stop\"")]
    [InlineData("stop 🛑")]
    [InlineData("Stop all")]
    [InlineData("opt out")]
    [InlineData("opt-out")]
    [InlineData("stop please")]
    [InlineData("Please stop")]
    [InlineData("please stop texting me")]
    [InlineData("Stop texting")]
    [InlineData("stop messaging me!!")]
    [InlineData("Don't text me again")]
    [InlineData("don’t text me")]
    [InlineData("do not contact me")]
    [InlineData("never text me")]
    [InlineData("Remove me from your list")]
    [InlineData("take me off your list")]
    [InlineData("delete my number")]
    [InlineData("unsubscribe me")]
    [InlineData("opt me out")]
    [InlineData("no more texts")]
    [InlineData("leave me alone")]
    [InlineData("Wrong number")]
    [InlineData("you have the wrong person")]
    [InlineData("sotp")]
    [InlineData("Alto")]
    [InlineData("no más")]
    [InlineData("no ma\u0301s")]
    [InlineData("No me escriban")]
    [InlineData("número equivocado")]
    public void Any_reasonable_words_stop(string text) => ReplyWords.Read(text).ShouldBe(ReplyKind.StopPhrase);

    [Theory]
    [InlineData("Can I stop by tomorrow?")]
    [InlineData("Stop by at 5?")]
    [InlineData("cancel my appointment on Friday")]
    [InlineData("I can't stop thinking about that tint")]
    [InlineData("When does the sale end?")]
    [InlineData("no")]
    [InlineData("No thanks")]
    [InlineData("para mi carro")]
    [InlineData("how much to remove tint")]
    [InlineData("can you text me the price")]
    [InlineData("help me pick a shade")]
    [InlineData("yes")]
    [InlineData("👍")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("I'd like to start Monday")]
    public void A_customers_ordinary_words_stop_nothing(string text) => ReplyWords.Read(text).ShouldBe(ReplyKind.Message);

    [Theory]
    [InlineData("START", ReplyKind.Start)]
    [InlineData("unstop", ReplyKind.Start)]
    [InlineData("HELP", ReplyKind.Help)]
    [InlineData("info?", ReplyKind.Help)]
    [InlineData("Ayuda", ReplyKind.Help)]
    public void Start_and_help_are_heard(string text, ReplyKind kind) => ReplyWords.Read(text).ShouldBe(kind);

    [Fact]
    public void A_hundred_thousand_letters_take_no_time()
    {
        var started = System.Diagnostics.Stopwatch.StartNew();

        ReplyWords.Read(string.Concat(Enumerable.Repeat("please stop by ", 7_000))).ShouldBe(ReplyKind.Message);

        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }
}
