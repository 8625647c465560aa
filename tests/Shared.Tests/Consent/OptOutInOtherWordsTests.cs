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
    public void A_hundred_thousand_letters_take_no_time_here_either()
    {
        var started = System.Diagnostics.Stopwatch.StartNew();

        foreach (var word in new[] { "no ", "dont have you any ", "rather not any more ", "do not text or call ", "please remove from ", "no further ", "revoke my all the ", "nunca mas me ", "opt out of the " })
        {
            OptOutWords.Read(string.Concat(Enumerable.Repeat(word, 100_000 / word.Length)));
        }

        started.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static TheoryData<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
