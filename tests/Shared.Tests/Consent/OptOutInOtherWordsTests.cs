using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

/// <summary>Consent taken back and wishes in other words; a clear no beside other words, which a person looks at; and sentences that only look like a no.</summary>
public sealed class OptOutInOtherWordsTests
{
    public static TheoryData<string> Clear => Lines("""
        revoking my consent
        I am withdrawing my consent
        consent revoked
        permission revoked
        I do not consent
        I don't consent to these texts
        you do not have my consent to text me
        You dont have permission
        I do not give you permission to text me
        You are not authorized to text me
        I revoke
        revoked
        don't call or text me
        do not text or call me
        do not text or call
        No further texts
        no further messages please
        no further contact
        I don't want you to text me
        I don't want you texting me
        please refrain from texting me
        I'd rather not receive texts
        I prefer not to be contacted
        I'd prefer you didn't text me
        I don't want to be on your list
        Don't reach out again
        never reach out to me
        cancel subscription
        Remove from list
        pls remove
        unsuscribe please
        please unsuscribe me
        un-sub
        I will block this number
        leave me the hell alone
        leave me be
        remove
        can you stop texting me?
        no envien mas textos
        no escriban más
        ya no escriban
        no manden nada
        no vuelvan a escribirme
        nunca más me escriban
        no quiero ser contactado
        quítame
        Elimíname
        cancele por favor
        cancela
        salir
        darse de baja
        no doy mi consentimiento
        no tienen mi permiso
        retiro mi permiso
        no molesten
        ya es suficiente
        you texted the wrong guy
        wrong one
        No more emails please
        I no longer wish to receive emails from your company.
        I do not want any more emails
        I don't want your emails
        no emails
        please cease emails
        Stop the emails
        do not email
        remove my email address
        do not mail me
        take this email off your list
        I never signed up for emails
        no más emails
        no más correos
        no quiero sus emails
        You never stop texting me
        if you do not stop texting me I'm done
        is this the wrong number? stop texting
        i dont want ur texts
        I dont wanna get texts
        dont wanna hear from you
        I do not want any further communication
        put this number on your DNC list
        add me to DNC
        me pueden quitar de la lista
        quiero dejar de recibir mensajes
        quiero que me borren de su lista
        den de baja este número
        como me doy de baja
        no mas msj
        ni un mensaje más
        have my number removed
        can I be removed
        get rid of my number
        I refuse to receive your messages
        I decline to receive texts
        don't continue to text me
        STOP2END
        dejen de estar mandando mensajes
        no quiero que me llamen ni me escriban
        no quiero recibir más mensajes
        saquenme de su sistema
        borren mi número
        wring number
        wrong numer
        wron number
        wrong cell
        wrong telephone number
        wrongnumber
        numero equibocado
        No, es número equivocado
        no one called John here
        nobody named Maria at this phone
        no one by that name
        𝐒𝐓𝐎𝐏
        𝗦𝘁𝗼𝗽 texting me
        ⓈⓉⓄⓅ
        """);

    public static TheoryData<string> Doubtful => Lines("""
        How much is the ceramic? And stop sending me reminders
        Thanks! I don't want texts on Sundays though
        Please don't text me before 8, I work nights
        don't text me while I'm driving, email me
        Remove my name from Tuesday and put me on Friday
        no more messages needed, see you Tuesday at 10
        don't want to hear from the dealer, just want tint
        I blocked you by accident lol, what was the price?
        i blocked your number by mistake, can you resend the quote
        You have the wrong number on file, it's 512-555-0100
        Sorry wrong person, I meant to text my wife
        can i unsubscribe from the newsletter but keep the appointment?
        To stop receiving these emails from Acme Realty of Austin Texas click here to unsubscribe.
        Please don't send any more pictures, I've decided: ceramic, Tuesday
        No me escriban al otro número, usen este
        Do not call me
        stop calling me
        no me llames
        I never asked for a quote
        no pedí estos mensajes
        no more ads
        mistake number
        do not communicate with me
        my phone and I want no such dumb texts
        never again these messages
        nunca quise sus mensajes
        I don't want to unsubscribe
        Please don't unsubscribe me, I still want the quote
        please don't take me off the list
        I don't want you to stop texting me
        no need to stop texting me
        why was I unsubscribed?
        don't lose my number!
        no dejen de mandarme mensajes
        no quiero darme de baja
        no, dejen de molestarme
        stop emailing me, just text me
        text me again and I'll sue
        you will hear from my attorney
        I will take legal action
        If you text me again I'm calling the police
        I'll call the police if you text again
        no les di permiso
        los voy a demandar
        yo no me suscribí
        these texts are annoying
        no me hablen más
        bloqueado
        this number has been reassigned
        you have me confused with someone else
        I don't know that person
        never heard of him
        that's not my name
        this is a kid's phone
        este numero es de otra persona
        este numero no es de Juan
        aqui no hay ningun Juan
        no me llamo Juan
        me confunden con otra persona
        se confundieron de numero
        no me contacten hoy, estoy trabajando
        stop texting my old number, this is my new one
        Please ignore STOP
        """);

    public static TheoryData<string> Ordinary => Lines("""
        I picked the wrong one, can you change it?
        I've got the wrong one here, it's the Civic
        wrong number of windows, it's 5
        you have the wrong car
        you have the wrong email, it's ann@gmail.com
        numero equivocado de puertas, son 2
        Can you take me off the schedule for Tuesday?
        can you take me off the waitlist
        I'd like to opt out of the warranty
        Can I opt out of the ceramic upgrade?
        Why did you stop texting me?
        did you stop messaging me? I never got the quote
        Did you stop sending reminders? I missed mine
        No me llamen antes de las 8
        No me llamen, mejor por texto
        no me mandes la factura, la recojo
        No me mandes fotos
        why don't you text me the price
        no, text me when ready
        No text me tomorrow instead
        I got no text from you
        no message came through
        I do not text and drive
        I can't text right now, I'm driving
        not getting your messages
        no rush just text me whenever
        don't hesitate to contact me
        I don't have permission from my HOA
        he did not text me back
        No one ever contacted me
        I was not contacted by anyone
        I'm not on the list?
        why is ceramic not on your price list
        no text on the banner please
        no contact wash only?
        Can I get it without subscribing to the wash plan
        I'd rather text than call
        please don't call, text me
        don't call me at work
        No sé escribir bien inglés
        no puedo escribir ahora, estoy manejando
        no tengo mensajes de ustedes
        no recibí el mensaje
        salir a las 5?
        20% es suficiente
        elimina el polarizado viejo
        back off the price a little?
        let me be clear, I want 20%
        you don't have my keys yet
        I didn't ask for this color
        No one called me back
        Nobody called me
        noone called
        Still waiting, no one called
        No one called from your shop
        nobody called on Friday
        No one with this experience?
        nobody named a price yet
        don't need the emails printed
        i dont want to email it
        my email ends with gmail.com
        I don't need an email, text is fine
        No email, text me
        no emails came
        cancel the email I sent, wrong car
        don't mail me the invoice
        remove my email from the invoice
        do I have the wrong number?
        is this the wrong number?
        you don't have the wrong number, this is Ann
        I texted the wrong number sorry
        google has the wrong number for your shop
        am I talking to the wrong person?
        no es numero equivocado
        tengo el numero equivocado?
        you gave me the wrong number
        your website has the wrong number
        le di el numero equivocado, este es el bueno
        ese no es el numero de mi placa
        no quiero recibir llamadas, solo mensajes
        no quiero recibir el carro sucio
        dejen de cobrarme
        no dejen de avisarme
        saqueme de duda
        no me sigan cobrando
        borre mi numero viejo y ponga este
        quitenme del horario
        no les di permiso de pintar
        me pueden quitar el polarizado
        no me suscribi al lavado
        no me llamó ayer
        aqui no hay ningun problema
        I don't know him
        dont know this guy you sent
        this is my daughter's phone
        my number was wrong on the form
        text me again and I'll answer
        text me again, I will call you
        call the police if someone breaks in?
        my attorney needs the invoice
        delete my phone from the car's bluetooth
        un-stop
        """);

    [Theory]
    [MemberData(nameof(Clear))]
    public void A_clear_no_is_one_in_other_words_too(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Clear);

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void A_no_that_may_be_about_something_else_is_one_that_a_person_looks_at(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Doubtful);

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void What_only_looks_like_a_no_is_none(string text) => OptOutWords.Read(text).ShouldBe(OptOut.No);

    [Fact]
    public async Task A_hundred_thousand_letters_take_no_time_here_either()
    {
        string[] words =
        [
            "no ", "dont have you any ", "rather not any more ", "do not text or call ", "please remove from ", "no further ", "revoke my all the ", "nunca mas me ", "opt out of the ",
            "dont want to be ", "not please ever you ", "text me again and i will be ", "i think i just had the ", "no one called some ", "refuse to receive any ", "no quiero que me llamen ni ", "wrong", "stop the emails ",
        ];

        // Some seconds, as measured by itself: what grows with the square of the length takes minutes.
        await Task.Run(() => words.Select(word => OptOutWords.Read(string.Concat(Enumerable.Repeat(word, 100_000 / word.Length)))).ToList()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static TheoryData<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
