using LeadOrchestrator.Shared.Consent;

namespace LeadOrchestrator.Shared.Tests.Consent;

/// <summary>What a film stops is asked every day, and is no word to us; nos that are put as a question, a wish or in a hurry; and who says when, or by which way instead.</summary>
public sealed class OptOutOrQuestionTests
{
    public static TheoryData<string> Clear => Lines("""
        does this stop the texts
        will it stop texting me
        does tint stop texts
        Stop texting me today
        you're driving me crazy stop texting me
        stop texting my work phone
        email me, don't text
        lemme alone
        rmv me
        remueva mi número
        remuéveme
        Remuéveme de la lista
        remover de la lista
        remover mi número por favor
        anula mi suscripción
        déjame de escribir
        no me textes
        no textees
        no mandes nada
        Please do not call or text this number.
        Don't call or text this number again
        Do not text or call this number
        Never call or text this number
        don't call or message this number
        please do not call or text my phone
        Do not call, text, or email me
        Don't text, call or email
        No me llamen ni me manden mensajes
        no llamen a este número ni manden mensajes
        No quiero recibir llamadas ni mensajes
        Saquen mi número de su lista
        quiero que me borren
        Borren mis datos
        Desactivar mensajes
        cancela los textos
        Please delete all my data
        delete all my information
        Please remove my details from your system
        dont send me anymore
        You have the wrong Maria
        """);

    public static TheoryData<string> Doubtful => Lines("""
        will this ever stop
        can this stop
        does it stop now
        will these stop coming
        how do I stop these
        stop people from texting me
        Stop! Does tint stop heat?
        text me don't email
        please text, don't email
        Text only, don't email me
        don't text me today I'm driving
        stop texting im driving, will call you later
        don't text me at work
        don't text me I'm in a meeting
        can you not text me
        would you please not text me
        could you please not text me again
        I don't want these anymore
        hold off on texts
        hold off on sending more messages
        no marketing
        drop my number
        take my number out
        deactivate
        EXIT
        reported
        eliminar
        no msj
        que paren
        quiero que paren
        parar todo
        no autoricé esto
        voy a reportarlos
        María no vive aquí
        The owner of this phone is deceased
        no llamen a este número
        No hay ningún Juan aquí
        De dónde sacaron mi número
        I never asked for these texts
        I never requested these texts
        I didn't ask for these messages
        End this conversation
        end the chat
        No more follow ups please
        We went with another shop, no need to follow up
        How'd you get my number?
        I decline
        Refuse
        Leave
        This phone belongs to my daughter
        Ya cambió de número
        my name is not Maria
        """);

    public static TheoryData<string> Ordinary => Lines("""
        does tint stop heat
        does ceramic stop UV?
        How much UV does ceramic stop?
        how much heat does it stop
        How much heat does it stop?
        does it stop glare
        does it stop rock chips
        Will PPF stop rock chips
        will it stop break ins
        can tint stop cops pulling me over
        does this stop people from seeing inside
        how do you stop bubbles
        how well does it stop the heat?
        which tint will stop the most heat
        will ceramic coating stop water spots
        Does the dark tint stop you from getting sunburn
        I need something to stop the glare
        can you stop the peeling
        do you stop at 5?
        where do I stop
        can you not text me a picture?
        can you not text me the price, just call
        I can not text you the picture
        I don't want these tints anymore, can you remove them
        hold off on the tint for now
        take my number please
        I'll drop my number here
        exit 23
        I reported it to insurance
        is there no marketing fee
        eliminar burbujas
        voy a reportar mi choque al seguro
        mi esposo no vive aquí
        my wife changed her number
        she changed her number to 512 555 0199
        cambio de número
        I just got this phone number, can you update it
        someone used my number to book
        new phone who dis
        quiero remover el polarizado de mi carro
        anula mi cita
        no mandes nada todavía, yo te aviso
        Don't call me, text me
        don't call me, text or email me
        no quiero llamadas, mejor mensajes
        Remove my details appointment
        I never requested this color
        I didn't ask for these colors
        We picked Friday, no need to follow up tomorrow
        My name isn't Maria, it's Marie
        I have the wrong Maria in my contacts
        Leave it at the shop
        quiero que me saquen las calcomanías
        How'd you get it so clean?
        cambio de número: 512 555 0100
        """);

    [Theory]
    [MemberData(nameof(Clear))]
    public void A_no_is_heard(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Clear);

    [Theory]
    [MemberData(nameof(Doubtful))]
    public void What_may_be_one_counts_and_is_looked_at(string text) => OptOutWords.Read(text).ShouldBe(OptOut.Doubtful);

    [Theory]
    [MemberData(nameof(Ordinary))]
    public void A_question_is_none(string text) => OptOutWords.Read(text).ShouldBe(OptOut.No);

    [Fact]
    public async Task No_words_keep_a_pattern_busy()
    {
        string[] words =
        [
            "does " + Many("the ", 5_000) + "stop", "does " + Many("the tint stop ", 1_000), Many("stop the most of that ", 1_000), "stop " + Many("more ", 5_000) + "x", Many("how much of the uv x x x ", 800),
            Many("how much heat ", 1_500), Many("text me please ", 1_500) + "x", "text " + Many("please ", 3_000) + "dont", Many("can you please not text me ", 800) + "x", "can you " + Many("please ", 3_000) + "x",
            Many("i dont want these anymore ", 800) + "x", "hold off on " + Many("the ", 4_000) + "x", "drop my number " + Many("please ", 3_000) + "x", Many("maria no vive aqui ", 1_000) + "x", "he changed his number " + Many("sorry ", 3_000) + "x",
            Many("idk who that is ", 1_000), Many("voy a reportarlos a ", 1_000), "no autorice esto " + Many("ya ", 4_000) + "x", Many("remueva mi numero viejo ", 800),
        ];

        await Task.Run(() => words.Select(OptOutWords.Read).ToList()).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static string Many(string words, int times) => string.Concat(Enumerable.Repeat(words, times));

    private static TheoryData<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
