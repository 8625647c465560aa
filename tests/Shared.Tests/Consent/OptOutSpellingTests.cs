using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

/// <summary>Opt-outs that are easily missed: asked of us in the infinitive, misspelt on purpose or in a hurry, said by somebody else than we wrote to; and their innocent neighbours.</summary>
public sealed class OptOutSpellingTests
{
    public static TheoryData<string> Clear => Lines("""
        I told you to stop texting me
        I asked you to stop
        I need you to stop contacting me
        Tell them to stop texting this phone
        you need to stop
        Can you stop at once
        Could you guys please stop
        I want to stop getting these texts
        How do I get you to stop texting me
        I want you to stop sending me messages
        You have to stop texting me at night
        can you stop to text me
        can you stop in texting me
        Can you stop at once with the texts
        You never stop texting me
        If you don't stop texting me I'll call the police
        if you stop texting me I will be happy
        Wrong #
        wrong #.
        # equivocado
        this isn't the right number
        incorrect number
        There's no John at this number
        nobody named John
        stoppp
        STOPPPP
        st0p
        stahp
        stahhhp
        ＳＴＯＰ
        🛑
        🛑🛑🛑
        🛑 texting me
        STOPPP texting meee
        sttoopp
        pleeease stoooop
        St0p texting me
        I didn't sign up for this
        I never signed up for these messages
        I did not agree to receive texts
        no texts
        No texts please
        no texts to this phone please
        no need to text me anymore
        This is a business line, do not text
        please don't message
        Please do not text.
        Call me, don't text
        Discontinue
        please discontinue
        discontinue these messages
        no longer want to receive these
        I no longer want to receive these messages
        I don't want to receive these
        no molestar
        Favor de no molestar
        no contactar
        Por favor no contactar
        no enviar mas mensajes
        no enviar más mensajes por favor
        detener mensajes
        alto a los mensajes
        ya párenle
        párenle ya
        no mas por favor
        No más, por favor, gracias
        I never signed up
        no text me please
        Worng number
        This number no longer belongs to John
        she doesn't have this number anymore
        I just got this number
        """);

    public static TheoryData<string> Doubtful => Lines("""
        put a stop to these texts
        I want it to stop
        please make it to stop
        I asked for this to stop
        you people need to stop now or else
        when will you stop
        If you don't stop I'll report it
        I'm not Maria
        I’m not Maria, sorry
        No soy Maria
        no soy maria
        There's no John here
        There is no John here!
        no quiero nada
        No quiero nada, gracias
        I don't want anything from you
        I didn't ask for this
        """);

    public static TheoryData<string> Ordinary => Lines("""
        Can I stop by at 5?
        Can you stop by at 5 and look at it
        I'll stop in, text me the address
        I'll stop by, text me the address
        could I stop at your shop on the way
        we will stop over on Monday
        my car takes too long to stop
        takes forever to stop
        the brakes grind when I try to stop
        I need the beeping to stop... can you stop the beeping
        How do I get it to stop leaking
        I want it to stop squeaking
        is there a way to stop rust
        need something to stop the leak
        anything to stop the sun from fading my dash
        the car doesn't want to stop
        it's hard to stop
        I'm not sure
        I'm not picky
        I'm not Sure
        This is not what I ordered
        There's no rush
        There's no parking here
        No, I'm on this number now
        I didn't agree to that price
        can you cancel
        could you cancel please
        I do not text and drive
        I don't text
        No need to text me back
        No need to call, text is fine
        no message from you yet
        I got no texts from you
        I don't want anything too dark
        #1 choice is ceramic
        Unit #5
        no mas de 300
        Mejor mañana para no molestar
        no soy experto
        no pude llamar
        prefiero texto, no llamar
        what's your business number
        do you do front stoop coating
        Leave it on the stoop
        wayyy too dark
        coooool thanks
        f0rd f150
        2005 F-150 5w30
        nooo way
        I never signed the invoice
        did you get my message
        stop light is broken
        I was going to stop by but it rained
        came to a complete stop
        I will have to stop at the bank first
        I had to stop for gas
        it won't stop beeping
        Don't want to get this done in the rain
        I don't want to receive the car dirty
        I want you to stop by my house
        Would you like me to stop by?
        I need to stop and get gas first
        No llamar por favor, solo mensajes
        I just got this phone
        I never opted for the ceramic
        """);

    [Theory]
    [MemberData(nameof(Clear))]
    public void A_no_is_heard_however_it_is_put(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Clear);

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void What_is_most_likely_a_no_counts_until_a_person_has_read_it(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Doubtful);

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void What_only_looks_like_a_no_is_none(string text) => OptOutWords.Read(text).ShouldBe(OptOut.No);

    [Theory]
    [InlineData("STOP", true)]
    [InlineData(" Stop\n", true)]
    [InlineData("optout", true)]
    [InlineData("Stop.", false)]
    [InlineData("STOP!", false)]
    [InlineData("stop all", false)]
    [InlineData("opt-out", false)]
    [InlineData("st0p", false)]
    [InlineData("stop texting me", false)]
    [InlineData("alto", false)]
    public void Only_the_carriers_own_words_are_confirmed_by_the_carrier(string text, bool isKeyword) => OptOutWords.IsKeyword(text).ShouldBe(isKeyword);

    private static TheoryData<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
