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
/// <param name="OpenNow">Null: the shop's hours are not known.</param>
/// <param name="OpensNext">Null while it is open, or when it is not known.</param>
/// <param name="PricesSaid">Every sentence with an amount, the newest first.</param>
/// <param name="Promises">Every sentence that promises something or says that it was done, the newest first.</param>
/// <param name="LastMessages">Oldest first.</param>
public sealed record HandoverCard(
    Guid SessionId, Guid LeadId, string FirstName, string LastName, string? Phone, string? Email, string Car, string Wish, string Language, string Mode, DateTimeOffset? WaitsSince,
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

    /// <summary>Sentences that promise something or say that it was done: what the truth guard reads as such.</summary>
    public static IReadOnlyList<SaidSentence> Promises(IReadOnlyList<ChatMessage> thread) => Find(thread, sentence => DeedClaims.IsFalse(GuardText.Read(sentence), Deeds.None));

    private static IReadOnlyList<SaidSentence> Find(IReadOnlyList<ChatMessage> thread, Func<string, bool> isWanted) =>
    [
        .. thread.Where(message => message.Role is MessageRoles.Assistant or MessageRoles.Staff && message.Status is MessageStatuses.Complete or MessageStatuses.Interrupted).Reverse()
            .SelectMany(message => Sentence().Split(message.Content).Select(part => part.Trim()).Where(part => part.Length > 0 && isWanted(part))
                .Select(part => new SaidSentence(part, message.Role, message.CreatedAt, message.Id)))
            .Take(Most),
    ];

    [GeneratedRegex(@"\$\s?\d|\d\s?(?:dollars|dólares|USD)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Amount();

    [GeneratedRegex(@"(?<=[.!?])\s+|\n+")]
    private static partial Regex Sentence();
}
