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
    [InlineData("Help please!", ReplyKind.Help)]
    [InlineData("please help", ReplyKind.Help)]
    [InlineData("ayuda por favor", ReplyKind.Help)]
    [InlineData("help me choose a tint", ReplyKind.Message)]
    [InlineData("help me", ReplyKind.Message)]
    [InlineData("info please", ReplyKind.Message)]
    [InlineData("can you help please", ReplyKind.Message)]
    [InlineData("un-stop", ReplyKind.Start)]
    [InlineData("START please", ReplyKind.Message)]
    public void Start_and_help_are_heard(string text, ReplyKind kind) => ReplyWords.Read(text).ShouldBe(kind);

    [Theory]
    [InlineData("yes")]
    [InlineData("Sí")]
    [InlineData("START please")]
    [InlineData("please start")]
    [InlineData("unstop me")]
    [InlineData("start texting me again")]
    [InlineData("Can you start texting me again?")]
    [InlineData("please start sending me texts again")]
    [InlineData("resubscribe")]
    [InlineData("Resubscribe me please")]
    [InlineData("opt me back in")]
    [InlineData("opt in")]
    [InlineData("sign me back up")]
    [InlineData("You can text me again")]
    [InlineData("I typed stop by mistake")]
    [InlineData("I typed STOP by mistake, start again")]
    [InlineData("Sorry, I accidentally sent stop")]
    [InlineData("I didn't mean to say stop, please keep texting")]
    [InlineData("empezar")]
    [InlineData("quiero recibir los mensajes otra vez")]
    [InlineData("mandé alto por error")]
    [InlineData("sí quiero mensajes")]
    [InlineData("quiero que me escriban")]
    [InlineData("Yes I want texts")]
    [InlineData("I want to receive texts again")]
    [InlineData("subscribe")]
    [InlineData("optin")]
    [InlineData("un-stop me")]
    public void Who_has_said_no_says_yes_again_in_other_words_too(string text)
    {
        ReplyWords.MayMeanStart(text).ShouldBeTrue();
        ReplyWords.Read(text).IsOptOut().ShouldBeFalse("that would count first");
    }

    [Theory]
    [InlineData("bórrame", true)]
    [InlineData("sácame de aquí", true)]
    [InlineData("no molestes", true)]
    [InlineData("no me busquen", true)]
    [InlineData("no me texteen", true)]
    [InlineData("esto es acoso", true)]
    [InlineData("estafa", true)]
    [InlineData("chinga tu madre", true)]
    [InlineData("váyanse de aquí", true)]
    [InlineData("no más", true)]
    [InlineData("remueva mi número", true)]
    [InlineData("número equivocado", true)]
    [InlineData("stop molesting me", false)]
    [InlineData("STOP", false)]
    [InlineData("stop texting me", false)]
    [InlineData("take me off", false)]
    [InlineData("leave me alone", false)]
    [InlineData("cancel", false)]
    [InlineData("borrowed phone, stop", false)]
    public void A_no_is_confirmed_in_its_own_language(string text, bool isSpanish)
    {
        ReplyWords.Read(text).IsOptOut().ShouldBeTrue();
        ReplyWords.IsSpanish(text).ShouldBe(isSpanish);
    }

    [Theory]
    [InlineData("yes please")]
    [InlineData("don't start texting me again")]
    [InlineData("start texting me again and I'll sue")]
    [InlineData("why did you start texting me again")]
    [InlineData("if you start texting me again I'll report you")]
    [InlineData("text me again")]
    [InlineData("opt me out")]
    [InlineData("When can you start?")]
    [InlineData("start the tint")]
    [InlineData("I'd like to start Monday")]
    [InlineData("I typed stop by mistake but don't text me")]
    [InlineData("no quiero recibir los mensajes otra vez")]
    [InlineData("I want texts to stop")]
    [InlineData("no quiero que me escriban")]
    [InlineData("I want to text you a picture")]
    [InlineData("ok")]
    [InlineData("")]
    public void Nothing_else_is_a_wish_for_messages(string text) => ReplyWords.MayMeanStart(text).ShouldBeFalse();

    [Fact]
    public async Task No_words_keep_a_pattern_busy()
    {
        string[] words = ["please start " + Many("texting me again ", 2_000) + "x", Many("can you please ", 5_000) + "x", "i typed stop by mistake" + Many(" start again", 5_000) + " x", Many("help please ", 5_000)];

        await Task.Run(() => words.Select(ReplyWords.MayMeanStart).ToList()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_hundred_thousand_letters_take_no_time()
    {
        var started = System.Diagnostics.Stopwatch.StartNew();

        ReplyWords.Read(string.Concat(Enumerable.Repeat("please stop by ", 7_000))).ShouldBe(ReplyKind.Message);

        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    private static string Many(string words, int times) => string.Concat(Enumerable.Repeat(words, times));
}
