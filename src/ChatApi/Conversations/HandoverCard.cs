using System.Text.RegularExpressions;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Hours;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>Something that was said to the customer.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Role">Who said it: assistant or staff.</param>
public sealed record SaidSentence(string Text, string Role, DateTimeOffset SaidAt, Guid MessageId);

/// <summary>What a member of staff must know before they answer, to be read in ten seconds.</summary>
/// <param name="Car">Empty when it is not known.</param>
/// <param name="Wish">What they want of a person, else what they asked a quote for.</param>
/// <param name="Language">The customer's: en or es.</param>
/// <param name="WaitsSince">Since when they wait for a person; null = they do not, or somebody has taken them.</param>
/// <param name="TakenBy">The member of staff who has it; null = nobody yet, or the assistant answers.</param>
/// <param name="OpenNow">Null: the shop's hours are not known.</param>
/// <param name="OpensNext">Null while it is open, or when it is not known.</param>
/// <param name="PricesSaid">Every sentence with an amount, the newest first.</param>
/// <param name="Promises">Every sentence that promises something or says that it was done, the newest first.</param>
/// <param name="LastMessages">Oldest first.</param>
public sealed record HandoverCard(
    Guid SessionId, Guid LeadId, string FirstName, string LastName, string? Phone, string? Email, string Car, string Wish, string Language, string Mode, DateTimeOffset? WaitsSince, Guid? TakenBy, string? TakenByName,
    bool? OpenNow, DateTimeOffset? OpensNext, IReadOnlyList<SaidSentence> PricesSaid, IReadOnlyList<SaidSentence> Promises, IReadOnlyList<CardAppointment> Appointments,
    IReadOnlyList<ChatMessage> LastMessages);

/// <summary>Finds in a thread what was said that binds the shop. Pure.</summary>
internal static partial class SaidToCustomers
{
    private const int Most = 10;

    // The guard reads "399 bucks" and "three ninety-nine" too.
    private static readonly TruthFacts SoldNowhere = new([], new LocationHours("UTC", []), DateTimeOffset.UnixEpoch, "", null, null, "", Deeds.None, []);

    /// <summary>Sentences with an amount of money.</summary>
    public static IReadOnlyList<SaidSentence> Prices(IReadOnlyList<ChatMessage> thread) => Find(thread, sentence => Amount().IsMatch(sentence) || SentenceCheck.SaysAmount(GuardText.Read(sentence), SoldNowhere));

    /// <summary>Sentences that promise something or say that it was done: what the truth guard reads as such, and what binds the shop beside it. A sentence too many costs a glance.</summary>
    public static IReadOnlyList<SaidSentence> Promises(IReadOnlyList<ChatMessage> thread) => Find(thread, sentence => GuardText.Read(sentence) is var read
        && (DeedClaims.IsFalse(read, Deeds.None) || (!read.IsQuestion && (GiftClaims.IsFree(read, SoldNowhere) || GiftClaims.IsDiscount(read) || Binding().IsMatch(read.Text) || SpanishBinding().IsMatch(read.Text)))));

    private static IReadOnlyList<SaidSentence> Find(IReadOnlyList<ChatMessage> thread, Func<string, bool> isWanted) =>
    [
        .. thread.Where(message => message.Role is MessageRoles.Assistant or MessageRoles.Staff && message.Status is MessageStatuses.Complete or MessageStatuses.Interrupted).Reverse()
            .SelectMany(message => Sentence().Split(message.Content).Select(part => part.Trim()).Where(part => part.Length > 0 && isWanted(part))
                .Select(part => new SaidSentence(part, message.Role, message.CreatedAt, message.Id)))
            .Take(Most),
    ];

    [GeneratedRegex(@"\$\s?\d|\d\s?(?:dollars|dólares|USD)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Amount();

    // The guard stops what is not true; this finds what somebody must keep, true or not: what we will do, what costs nothing, and what we stand for.
    [GeneratedRegex("""
        (?<!\b(?:can't|cannot|can\ not|won't|don't|not|never)\s)\b(?:promis(?:e|ed|es|ing)|guarantee[ds]?|swear|my\s+word|rest\s+assured|count\s+on\s+(?:it|us|me))\b
        |\b(?:i|we)(?:'ll|\s+will|'re\s+going\s+to|'m\s+going\s+to|\s+are\s+going\s+to|\s+am\s+going\s+to)\s+(?!(?:be\s+(?:happy|glad|here|open|closed)|gladly|see|need|have\s+to|help|assume|wait|look|ask|not)\b)
        |\b(?:i|we)\s+can\s+(?:\p{L}+\s+)?(?:give\s+you|match|fit|squeeze|throw|waive|redo|have\s+it|get\s+it|get\s+you|hold|save\s+you|knock|include)\b
        |\b(?:throw(?:ing|n)?\s+in|fit\s+you\s+in|squeeze\s+you\s+in|redo|make\s+it\s+right|money\s+back|refund(?:ed)?|waived?|price\s+match|on\s+(?:us|the\s+house)|complimentary)\b
        |\bno\s+(?:(?:extra|additional)\s+)?(?:charge|cost|fee)\b|\b(?:for\s+free|free\s+of\s+charge)\b|\d\s?%\s+off\b|\bdiscount\b|\bwarrant(?:y|ies|ied)\b|\b(?:is|are|comes?)\s+included\b
        |\b(?:ready|done|finished)\s+(?:by|before|within|tomorrow|today|(?:on\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\byou(?:'ll|\s+will)\s+(?:get|have|receive|pay)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Binding();

    // "haré", "le haremos", "voy a", "se lo hacemos", "queda listo"
    [GeneratedRegex("""
        (?<!\bno\s(?:(?:le|te|lo|se)\s)?(?:puedo\s|podemos\s)?)\b(?:prometo|prometemos|prometer(?:le|te)?|garantizo|garantizamos|garantizad[oa]s?|aseguro|aseguramos)\b
        |\bgarant[íi]as?\b|\bmi\s+palabra\b|\bcuente\s+con\b|\bgratis\b|\bsin\s+(?:costo|coste|cargo|cobro)\b|\bde\s+(?:regalo|cortes[íi]a)\b|\bno\s+(?:le|te)\s+(?:cobro|cobramos|cobraremos|cobrar[ée])\b
        |\b(?:por|va\s+de)\s+(?:nuestra|mi)\s+cuenta\b|\b(?:descuento|rebaja|reembols\p{L}{1,6})\b|\b(?:queda|quedará|quedar|estará|estar|tengo|tenemos|tendré|tendremos|tendrá)\s+list[oa]s?\b
        |\b(?!queremos\b)\p{L}{1,30}(?:aré|eré|iré|dré|aremos|eremos|iremos|dremos)\b|\b(?:vamos|voy)\s+a\s+\p{L}{2,30}r(?:l[oae]s?|[lt]e)?\b
        |\b(?:se|te)\s+l[oa]s?\s+\p{L}{1,30}(?:amos|emos|imos|o)\b|\b(?:le|te)\s+(?:hago|hacemos|doy|damos|igualo|igualamos|devolvemos|regalo|regalamos|incluyo|incluimos)\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex SpanishBinding();

    [GeneratedRegex(@"(?<=[.!?])\s+|\n+")]
    private static partial Regex Sentence();
}
