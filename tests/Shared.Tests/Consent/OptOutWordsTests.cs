using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

/// <summary>Opt-outs in people's own words, English and Spanish; and what customers of a shop write every day, which is none.</summary>
public sealed class OptOutWordsTests
{
    public static TheoryData<string> Clear => Lines("""
        STOP
        Stop.
        stop!!!
        Stop all
        STOPALL
        Unsubscribe
        CANCEL
        END
        quit
        REVOKE
        opt out
        opt-out
        Opt me out please
        I opt out
        stop please
        STOP NOW
        ok stop
        Please stop
        please just stop
        Stop it
        stop this
        Stop already!
        stop thanks
        sotp
        stpo
        Stopp
        S T O P
        unsub
        unsuscribe
        UNSUBSCRIBE ME NOW
        please unsubscribe my number
        I want to unsubscribe from this
        stop texting me
        please stop txting me
        stop messaging me
        Stop sending me texts
        stop sending these messages
        stop with the texts
        Stop the messages
        can you stop texting me
        could you please stop sending me messages
        when will you stop texting me
        why won't you stop messaging me
        you won't stop texting me
        quit texting me
        Quit messaging this phone
        stop contacting me
        Stop bothering me
        stop spamming me
        stop harassing me!!
        cease and desist
        Cease all communication
        end all communications
        no more texts
        No more messages please
        enough with the texts
        Don't text me
        don’t text me again
        dont text me anymore
        please dont text me anymore
        Do not text me.
        do not contact me again
        DO NOT CONTACT
        never text me again
        Never contact this number
        don't message me
        don't ever text me again
        don't write me
        don't email me anymore
        dont send me anything
        don't send me any more messages
        do not send me texts
        don't send texts to this number
        I don't want these texts
        I don't want to receive messages
        i dont want any more texts from you
        I do not wish to be contacted
        I don't want to be texted
        I no longer want to receive your messages
        i do not want to hear from you
        Take me off your list
        please take me off this list
        take me off
        remove me from your list
        Remove me
        remove my number
        please remove my number from your system
        Delete my number
        erase my number please
        take my number off
        Take this number off your list
        lose my number
        forget my number
        get me off your texting list
        I revoke my consent
        I withdraw consent
        I never gave you permission
        you don't have my permission to text me
        turn off notifications
        cancel texts
        Cancel all messages
        cancel my subscription
        leave me alone
        Wrong number
        you have the wrong number
        Sorry wrong number
        wrong #, wrong number
        I think you got the wrong number
        not my number
        this isn't Bob's number
        nobody here by that name
        There is no one by that name
        I'm not the person you're looking for
        I'm going to report you
        I will sue you
        blocking your number
        put me on your do not call list
        not interested, stop
        not interested please remove me
        Stop. Wrong number.
        Hello, please stop texting my phone. Thanks
        This is spam
        This is harassment. Do not text me.
        Alto
        ALTO POR FAVOR
        para
        Pare
        basta
        no más
        Ya no más
        Baja
        denme de baja
        Quiero darme de baja
        dame de baja por favor
        No me escriban
        no me escriban más
        Por favor no me escriban más
        no me manden mensajes
        No me envíen más mensajes
        ya no me manden nada
        no me molesten
        no me contacten
        No me vuelvan a escribir
        no quiero recibir mensajes
        No quiero más mensajes
        no deseo recibir sus mensajes
        no quiero que me escriban
        No más textos por favor
        dejen de escribirme
        Deje de mandarme mensajes
        paren de mandar mensajes
        dejen de molestar
        déjenme en paz
        Número equivocado
        numero incorrecto
        Se equivocó de número
        tiene el número equivocado
        persona equivocada
        no soy esa persona
        no soy la persona que buscan
        este no es el número de Juan
        quítenme de su lista
        bórrenme de su lista
        borre mi número
        eliminen mi número
        sáquenme de esa lista
        desuscribir
        quiero desuscribirme
        cancelar suscripción
        cancelen los mensajes
        no autorizo
        los voy a reportar
        Detener
        """);

    public static TheoryData<string> Doubtful => Lines("""
        Not interested
        no longer interested thanks
        No me interesa
        no estoy interesado
        Who gave you my number
        How did you get my number?
        ¿Quién le dio mi número?
        fuck off
        go away
        STOP I already bought one
        scammers
        Too many texts
        cancel it
        Stop this nonsense
        será que está equivocado
        I will file with the FCC
        """);

    public static TheoryData<string> Ordinary => Lines("""
        Can I stop by tomorrow?
        can you stop by at 5
        Stop by at 5?
        I'll stop by after work
        I might stop in today
        I'll stop at your shop around noon
        We stopped by yesterday and nobody was there
        stopping by in 10 minutes
        don't stop
        Don't stop believing lol
        please don't stop sending these
        I can't stop thinking about that tint
        When does the shop stop taking cars
        what time do you stop taking cars?
        How late do you guys stop working on Saturdays
        when do you guys close
        cancel my appointment on Friday
        I need to cancel my appointment
        Can I cancel the booking for tomorrow?
        Please cancel our appointment, I'm sick
        could we cancel that order
        Cancel the ceramic and do carbon
        how do I cancel an appointment
        cancel my quote for the truck
        my brakes squeak when I stop
        it makes a noise when you stop
        the car came to a full stop
        does the tint stop the heat
        will it stop the sun from fading my seats
        I want to stop the leak
        the stop light is out
        my auto start stop is broken
        is there a bus stop near you
        When does the sale end?
        at the end of the month
        by the end of the week works
        the rear end is scratched
        this weekend
        ends at 5?
        My AC quit working
        the wiper quit on me
        no
        No thanks
        no, Tuesday is better
        no more than 300 dollars
        nope
        never mind
        I never got the quote
        you never texted me back
        You never contacted me about the price
        can you text me the price
        Text me when it's ready
        please send me the quote
        message me tomorrow
        call me instead
        how much to remove tint
        can you remove the old film
        Remove the front windows from the quote
        take the sticker off please
        20% off the list price?
        what's off the list
        help me pick a shade
        yes
        👍
        I'd like to start Monday
        the dealer gave me the wrong tint
        wrong size tires
        I put in the wrong car, it's a Civic
        your email went to my spam folder
        is my number on file?
        my phone number is 512 555 0123
        my new number is 5125550123
        leave the car overnight?
        I'll leave it with you at 8
        that's enough tint
        block the heat
        does it block UV
        it blocked my driveway
        my lawyer told me 35% is legal
        sounds good, see you then
        I opted for the ceramic
        we are on a tight end date
        Do you guys do paint protection
        no worries
        do not tint the windshield
        don't want it too dark
        I don't want the 5%
        I don't need the removal
        don't forget the back window
        para mi carro
        Para el viernes
        ¿a qué hora paran de trabajar?
        no sé
        no gracias
        no más la ventana trasera
        quiero cancelar mi cita
        necesito cancelar la cita del viernes
        ¿cuánto para quitar el polarizado?
        quiten el polarizado viejo
        no me mandaron el presupuesto
        No quiero nada muy oscuro
        ya no lo necesito hoy sino mañana
        no me llegó el mensaje
        mándeme la lista de precios
        deje el carro ayer
        baja la ventana
        ¿me puede escribir el precio?
        este no es mi carro
        """);

    [Theory]
    [MemberData(nameof(Clear))]
    public void A_clear_no_is_one(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Clear);

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void In_doubt_it_is_a_no_that_a_person_looks_at(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Doubtful);

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void A_customers_ordinary_sentence_is_none(string text) => OptOutWords.Read(text).ShouldBe(OptOut.No);

    [Fact]
    public void A_hundred_thousand_letters_take_no_time()
    {
        var started = System.Diagnostics.Stopwatch.StartNew();

        foreach (var word in new[] { "stop by ", "please ", "no me ", "cancel my appointment ", "dont want to get the ", "a ", "can you please ", "to stop the ", "put a stop ", "No soy ", "s", "stop by t" })
        {
            OptOutWords.Read(string.Concat(Enumerable.Repeat(word, 100_000 / word.Length)));
        }

        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_no_at_the_end_of_a_very_long_text_is_heard()
    {
        OptOutWords.Read(string.Concat(Enumerable.Repeat("The tint looks great. ", 10_000)) + "But stop texting me.").ShouldBe(OptOut.Doubtful);
    }

    private static TheoryData<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
