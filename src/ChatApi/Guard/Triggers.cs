using System.Collections.Frozen;
using System.Globalization;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Which words an answer may not show before what comes after them is known. Every rule of the guard needs at least one of them.</summary>
internal static class Triggers
{
    private const int LongestWord = 64;

    // "f-r-e-e"
    private const int LettersOfSpelling = 3;

    private const char MathLetters = '\uD835';

    /// <summary>So many digits in a row are no amount.</summary>
    internal const int NoPrice = 12;

    private static readonly FrozenSet<string> Words = NumberWords.Telling.Concat(MoneyWords.Currency).Concat("""
        hundreds thousands few couple several figures figure digits
        free freebie freebies gratis gratuito gratuita gratuitos gratuitas complimentary complementary charge charges cost costs fee fees payment house treat gift waive waived waives waiving throw throws thrown
        threw throwing comp comped comping nothing nada zilch penny dime costo cargo cobro cuesta cobramos casa regalo regalado regalada regalamos cortesía
        off half third quarter discount discounts discounted deal deals coupon promo rebate bogo mitad medio descuento rebaja percent break special lower better markdown match matching oferta
        booked scheduled reserved penciled pencilled slotted arranged secured registered locked blocked saved held hold holding confirmed placed cancel canceled cancelled called deleted rescheduled reschedule moved
        changed switched pushed updated sent send texted emailed mailed messaged forwarded shot told notified informed alerted passed flagged charged refunded unsubscribed opted taken removed submitted set put
        got gotten made let done book booking scheduling schedule reserving reserve cancelling canceling sending texting emailing rescheduling moving putting locking forwarding notifying refunding confirming
        setting text email forward call notify tell inform alert ask have pass pencil save block lock move get appointment reservation expect expecting see down yours way list
        he hemos reservado agendado programado confirmado cancelado apartado enviado mandado reprogramado avisado anotado reservada agendada confirmada cancelada apartada enviada programada registrado pasado
        reservé agendé programé confirmé cancelé aparté envié mandé reprogramé avisé anoté reservamos agendamos cancelamos enviamos mandamos cita reserva turno queda quedó quedas estás reservo agendo aparto envío
        mando reservaré agendaré enviaré mandaré cancelaré apartaré esperamos vemos hecho listo
        open opens opened opening reopen reopens close closes closed closing hours abierto abierta abiertos abiertas abrimos abre abren cerrado cerrada cerrados cerradas cerramos cierra cierran horario horarios
        clock daily everyday weekday weekdays weekend weekends today tonight tomorrow mañana hoy noon midnight always never currently now
        monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays mon tue tues wed thu thur thurs fri sat sun
        lunes martes miércoles jueves viernes sábado sábados domingo domingos
        touch aside processed processing complete completed issued dropped longer hear back reach cancellation refund contactaremos comunicaremos pondrá pondremos avisamos seeing guaranteed year years month months week weeks confirmo guardo guardé guardamos apartamos llamará llamaremos llamarán contactará comunicará recibirá apartado
        asked someone somebody dot at buy forever ever life siempre compre lleve then cientos miles cuantos www http https receive
        created entered added logged recorded noted jotted note notes ticket handled fit escalated raised contacted reached spoken spoke talked checked check processed finalized finalised took grabbed snagged claimed squeezed
        swapped bumped corrected stopped ordered started connected connect connecting transferred transfer transferring received paid settled approved expected ya coming headed inbox summary join remind follow know knows
        cambié moví apunté pasé reprogramada espero recibirá enviaremos escribiremos comunico transfiero paso llegar llegará llamar contactar avisar preguntar digo pregunto aviso comunicamos
        bill billed pay paying down extra bonus toss tosses tossed tossing cobra cobran cobrar cobrarle incluido incluida interest tenner fiver benjamin cheaper credit credited especial
        confirmation left instagram venmo zelle paypal cashapp said agreed authorized plaza street avenue boulevard located shut shuts locks wrap wraps nobody
        books calendar system contact reminder texts messages owe cut asegurado asegurada coste cargos st ave rd blvd team manager
        relayed conveyed mentioned reported handed shared looped pinged documented wrote written froze frozen killed reversed turned safe bay file loop message calling joining squared bag
        borré anulé quité puse metí actualicé corregí guardé pedí dije dejé comenté hablé tomé corrí dado baja efecto pasó lugar sabe llamo gerente dueño dueña encargado encargada alguien
        descuentito beat knock shave code código igualamos promociones tenemos quito rebajo bajo barato mejor give cover absorb eat corre compliments invito pilón skip tiene invoice without worry
        road drive lane dr ln hwy pkwy parkway enviar mandar reservar agendar programar confirmar cancelar apartar reprogramar anotar registrar
        sale descuentos rebajas promoción promociones secure managed kept keeping saving agendó reservó programó confirmó canceló apartó envió mandó avisó anotó registró registré notificó notifiqué informé contacté movió cambió suyo suya tuyo tuya
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Except(["at", "have", "get", "he", "now"])).ToFrozenSet();

    private static readonly FrozenSet<string> Beginnings = Words.SelectMany(word => Enumerable.Range(1, word.Length).Select(length => word[..length])).ToFrozenSet();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> WordLookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> BeginningLookup = Beginnings.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Has this word to wait?</summary>
    /// <param name="chunk">Without white space around it.</param>
    /// <param name="isWhole">False: more letters may come.</param>
    /// <param name="before">The word before it.</param>
    public static bool IsOne(ReadOnlySpan<char> chunk, bool isWhole, ReadOnlySpan<char> before)
    {
        // Whatever is in it; and "f&#114;ee", and "x://".
        if (chunk.Length > LongestWord || chunk.Contains("//", StringComparison.Ordinal) || (chunk[^1] == '/' && !isWhole) || (chunk.IndexOf('&') is var entity and >= 0 && (entity + 1 == chunk.Length ? !isWhole : chunk[entity + 1] == '#' || char.IsLetter(chunk[entity + 1]))))
        {
            return true;
        }

        var isAscii = true;
        var (digits, longest) = (0, 0);
        foreach (var character in chunk)
        {
            digits = char.IsAsciiDigit(character) ? digits + 1 : 0;
            longest = Math.Max(longest, digits);
            if ((char.IsDigit(character) && digits == 0) || character is MathLetters or '$' or '@' or '<' or '[' or ']' or '%' || char.GetUnicodeCategory(character) is UnicodeCategory.CurrencySymbol or UnicodeCategory.OtherNumber)
            {
                return true;
            }

            isAscii &= char.IsAscii(character);
        }

        // So many digits are a mark of something: no price has them, and no phone.
        if (longest is > 0 and < NoPrice)
        {
            return true;
        }

        if (!isAscii || chunk.IndexOfAny("*_`~\\") >= 0)
        {
            var clean = GuardText.Normalize(new string(chunk));
            return clean.Any(char.IsAsciiDigit) || IsWord(clean, isWhole, before);
        }

        Span<char> small = stackalloc char[chunk.Length];
        chunk[..small.Length].ToLowerInvariant(small);
        return IsWord(small, isWhole, before);
    }

    private static bool IsWord(ReadOnlySpan<char> chunk, bool isWhole, ReadOnlySpan<char> before)
    {
        if (chunk is "us" or "us." or "us!" or "us," or "u" or "me" or "me." or "me!" or "me,")
        {
            return before.Equals("on", StringComparison.OrdinalIgnoreCase) || (!isWhole && BeginningLookup.Contains(chunk)); // "u", and then "nsubscribed"
        }

        if (chunk is "in" or "in." or "in!")
        {
            return before.Equals("you're", StringComparison.OrdinalIgnoreCase) || (before.Equals("are", StringComparison.OrdinalIgnoreCase) && chunk.Length > 2) || (!isWhole && BeginningLookup.Contains(chunk));
        }

        // A letter alone may be the beginning of a word with spaces in it.
        if (isWhole && chunk.Length == 1 && char.IsLetter(chunk[0]) && chunk[0] is not ('a' or 'i' or 'o' or 'y' or 'e'))
        {
            return true;
        }

        var (start, singles) = (-1, 0);
        for (var place = 0; place <= chunk.Length; place++)
        {
            if (place < chunk.Length && char.IsLetter(chunk[place]))
            {
                start = start < 0 ? place : start;
                continue;
            }

            if (start >= 0 && (WordLookup.Contains(chunk[start..place]) || (place == chunk.Length && !isWhole && BeginningLookup.Contains(chunk[start..place]))))
            {
                return true;
            }

            singles = start >= 0 && place - start == 1 ? singles + 1 : 0;
            if (singles >= (isWhole ? LettersOfSpelling : 1) && chunk.Contains('-'))
            {
                return true;
            }

            start = -1;
        }

        // "acme.com"
        return chunk.IndexOf('.') is var dot and >= 0 && dot + 1 < chunk.Length && char.IsLetter(chunk[dot + 1]);
    }
}
