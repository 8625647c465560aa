using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

/// <summary>What customers write to a shop every day and what sounds like a no; and nos that politeness, haste, a stranger or a picture makes hard to hear.</summary>
public sealed class OptOutOfAShopTests
{
    public static TheoryData<string> Clear => Lines("""
        plz no more
        no more please
        no contact please
        para por favor
        para ya
        End this
        end subscription
        elimíneme
        quiero salir de la lista
        sopt
        stpp
        stip
        stopo
        stope
        tsop
        syop
        stopstop
        stop2
        5top
        st*p
        sopt please
        opt our
        otp out
        ubsubscribe
        unsibscribe
        please unsibscribe me
        dnt text
        dnt text me
        loose my number
        wrng number
        suspend messages
        shut off texts
        get off my phone
        stay out of my messages
        stop following up
        please don't follow up
        block this number
        I'm blocking this number
        you're blocked
        blocked and reported
        reporting this number
        📵
        🚫📵
        🛑🚫
        this number belongs to someone else now
        este número ya no es de ella
        ella ya no tiene este número
        ya no es mi número
        no conozco a esa persona
        take me off!
        take me off these texts
        take me off the text list please
        drop me from your list
        take my name off your damn list
        remove my number from your system
        delete my info
        You're texting me without my consent
        you have no permission to text me
        I didn't give you permission to use my number
        I never gave you permission to send me messages
        revoke my prior express consent
        I rescind my authorization
        You never stop texting me
        you never text me again
        never text me
        I don't like getting your texts
        I never signed up for this
        I didn't sign up for any of this
        opt out of texts
        opt out of your messages please
        opt me out of everything
        opt out of this
        I blocked you
        forget my number
        No texts!
        No! Stop texting me
        take me off this thing
        I want to be removed
        no permission given
        no text messages please
        he doesn't have this phone anymore
        this is no longer john's number
        no es mi número
        drop me from the list
        I did not give permission to be contacted
        block and report
        the number you're texting belongs to somebody else
        stp texting
        sold the truck stop texting
        not interested in your tint, stop texting
        cancel it and leave me alone
        No. Don't text me
        """);

    public static TheoryData<string> Doubtful => Lines("""
        no more
        no more thanks
        delete
        block
        suficiente
        no text
        No text me
        You can stop texting me once it's booked
        atop
        stops
        pause messages
        turn these off
        off the list
        no need to text me
        no need to follow up
        fck off
        screw off
        eff off
        I'm sick of these texts
        tired of your messages
        I'm done with these texts
        why are you bothering me
        I never gave you my number
        Not John
        im not john
        this is not me
        that's not me
        equivocado
        no soy yo
        he passed away
        deceased
        This person is dead
        my father passed away last month
        She died last year
        mi papá falleció
        🚫
        ⛔
        🖕
        🖕🏽🖕🏽
        cancel it please
        cancel it
        Not interested in tint anymore
        not interested in your services, thanks
        how do I stop this
        don't call
        i want out
        no interest
        there is no john here
        he doesn't live here
        this is a landline
        the owner died
        stop playing on my phone
        stop for a while
        no follow up
        How did you get my number
        se equivocó
        go away
        just go away please
        Stop. By the way, this is not my phone
        stop: working here
        You have the wrong number, it's 512-555-0100
        """);

    public static TheoryData<string> Ordinary => Lines("""
        When can you take me?
        Can you take me now?
        how soon can you take me
        Could you take us now
        can you take my truck now
        take my number please
        Can you drop me off at work?
        my wife will drop me off
        do you have a shuttle to drop us off
        can you get me out today
        No, text me
        No, text me please
        No. Text me
        No, message me
        no, just text me
        No thanks, text me
        don't do anything without my consent
        do not proceed without my permission
        You don't have my permission to start work yet
        I didn't give you permission to start
        you have no permission to drill
        rescind my authorization for the repair
        I revoke my consent to the ceramic coating
        no permission needed from the HOA
        No tienen mi permiso para empezar
        you never text me
        why do you never text me
        they never text me
        I don't like texting, can you call?
        I didn't sign up for that service
        I did not sign up for this wash plan
        opt out of coating please
        opt out of ceramic
        blocked you in with my truck, sorry
        remove my phone from the dash first
        can you remove my phone mount
        did you forget my name
        did you forget my number
        don't forget my number
        remove my name from the order
        get 10% off your price list?
        I don't need a reminder
        can you turn off the alerts on my dash
        do you disable the alert sound
        that's not enough contact patch
        is there enough text on the sign
        AC stop working
        my car stop working yesterday
        my window stop working
        Should I stop driving?
        they told me to stop driving it
        why does it stop
        why did my wipers stop
        the wipers stop halfway
        the engine stop when I brake
        my radio stop turning on
        stop charging me
        stop charging my card
        can you stop it from leaking
        Can you cancel it and move to Friday
        can you cancel this one and rebook
        cancel that and book Tuesday
        cancel it for tomorrow
        I'm not interested in ceramic, just regular tint
        no longer interested in the coupe, now the sedan
        not interested in the full car, only the front
        I'm not Mike, I'm his wife. Can we book for Friday?
        This is not Maria, this is her husband
        No soy Maria, soy su esposo
        You have the wrong number for my husband, his is 512-555-0100
        my battery is dead
        the car died
        my alternator died last week
        he passed on the ceramic
        my dad passed away and left me his truck, can you detail it
        shop
        step
        top
        spot
        stow
        ok
        help
        Not sure
        Not Friday
        I'm not sure
        im not home
        please don't call now, I'm at work
        will the smell go away
        I go away on Friday
        you guys never contacted me
        don't need a text, just call
        it stop when I turn the key
        what time do you stop taking calls
        do you stop for lunch
        I put a stop payment on the check
        cancel it, I'll take Tuesday instead
        not interested in the 3M, do you have Llumar
        no me interesa la cerámica, solo el polarizado
        no contestan mensajes
        I gave you the wrong number
        is this a scam?
        is this legit or spam
        I never consented to that work
        did you lose my number
        remove my name badge from the seat
        my car stop on the freeway
        windows stop going up
        stop it leaking
        can I cancel it
        I need to cancel it, sorry
        please cancel this appointment
        I'm not John, I'm the driver
        I'm not Mike but I can bring the car
        wrong phone in the system, can you update it
        sorry, my grandmother passed away yesterday, need to reschedule
        I typed stop by mistake
        I didn't mean to say stop
        START please
        start texting me again
        resubscribe
        opt me back in
        """);

    [Theory]
    [MemberData(nameof(Clear))]
    public void A_no_is_clear_with_politeness_slips_and_verbs_of_all_kinds(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Clear);

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void What_may_be_an_answer_or_anger_counts_until_a_person_has_read_it(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Doubtful);

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void What_a_customer_of_a_shop_writes_every_day_is_none(string text) => OptOutWords.Read(text).ShouldBe(OptOut.No);

    [Theory]
    [InlineData("cancel", true)]
    [InlineData("END", true)]
    [InlineData("Cancel please", true)]
    [InlineData("cancel it please", true)]
    [InlineData("can you cancel it?", true)]
    [InlineData("cancela", true)]
    [InlineData("stop", false)]
    [InlineData("cancel texts", false)]
    [InlineData("cancel, stop", false)]
    [InlineData("unsubscribe", false)]
    public void What_ends_messages_may_end_a_booking_too(string text, bool may) => OptOutWords.MayEndABooking(text).ShouldBe(may);

    [Theory]
    [InlineData("End.", true)]
    [InlineData("Cancel!", true)]
    [InlineData("end it", true)]
    [InlineData("please end", true)]
    [InlineData("cancel all", true)]
    [InlineData("Please cancel", false)]
    [InlineData("I want to cancel", false)]
    [InlineData("cancel it please", false)]
    [InlineData("cancelar por favor", false)]
    public void A_bare_word_of_the_FCCs_list_is_a_no_whatever_else_it_may_end(string text, bool isBare) => OptOutWords.IsBareOrder(text).ShouldBe(isBare);

    [Fact]
    public async Task No_words_keep_a_pattern_busy()
    {
        string[] words =
        [
            "do not ever call here" + Many(" anymore ever", 200) + " zz9", "not interested in " + Many("just regular tint ", 2_000), "take me off " + Many("this list now ", 2_000) + "zz9",
            "no permission to " + Many("ever be the any ", 2_000), Many("No, text ", 2_000), "stop" + Many("stop", 5_000) + "x", Many("please ", 3_000) + "x", Many("why does the car ", 1_500),
            "he died " + Many("last this a ", 2_000), Many("cancel it and then we can ", 1_000), "opt out of the any " + Many("more of ", 2_000), Many("🚫", 5_000) + "x", "stop" + Many(" ", 20_000) + "x",
        ];

        await Task.Run(() => words.Select(OptOutWords.Read).ToList()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static string Many(string words, int times) => string.Concat(Enumerable.Repeat(words, times));

    private static TheoryData<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
