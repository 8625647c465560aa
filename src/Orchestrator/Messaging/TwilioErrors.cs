namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>What follows from an error of the vendor's.</summary>
public enum ErrorAction
{
    /// <summary>Surely not sent, and no fault of the text: later.</summary>
    RetryLater,

    /// <summary>This text will not go out; it says nothing about others.</summary>
    Never,

    /// <summary>No text reaches this number: its lead is unreachable.</summary>
    Unreachable,

    /// <summary>The person has said stop to the carrier.</summary>
    OptOut,

    /// <summary>Our number or account is not allowed to send: a person mends it, and meanwhile the tenant's texts wait.</summary>
    PauseNumber,

    /// <summary>A person must look at this one.</summary>
    Person,

    /// <summary>It ends here, and an operator hears of it: more of the kind cost us our reputation.</summary>
    Alarm,

    /// <summary>The carriers take no text at all of our number until a person has mended its registration: the tenant's texts wait, but for one now and then that tries it.</summary>
    BlockedSender,
}

/// <summary>One of the vendor's error codes: what we do, and what we say to staff.</summary>
public sealed record VendorError(int Code, ErrorAction Action, string Sentence);

/// <summary>
/// The codes that Twilio gives with a refusal or in a status callback. Meanings as commonly told, and compared with Twilio's error dictionary (www.twilio.com/docs/api/errors) where a line says so. What we do
/// about each is ours.
/// </summary>
public static class TwilioErrors
{
    private static readonly Dictionary<int, VendorError> Known = new List<VendorError>
    {
        // With the refusal of a create: nothing was sent.
        new(14107, ErrorAction.RetryLater, "Twilio's limit of messages to this number was reached. While it is planned it is tried again; what has failed can be replayed."),
        new(20003, ErrorAction.PauseNumber, "Twilio does not accept our key. Store a valid one; the texts of this franchise wait meanwhile."),
        new(20005, ErrorAction.PauseNumber, "The account at Twilio is not active. See Twilio's console; the texts of this franchise wait meanwhile."),
        new(20404, ErrorAction.PauseNumber, "Twilio does not know our account. Store it again with its SID; the texts of this franchise wait meanwhile."),
        new(20429, ErrorAction.RetryLater, "Twilio had too many requests of this account at once. While it is planned it is tried again; what has failed can be replayed."),
        new(21211, ErrorAction.Unreachable, "Twilio says that this is nobody's number."),
        new(21408, ErrorAction.Person, "The account may not text to this country. Allow it in Twilio's console (Messaging, Geo permissions), or cancel."),
        new(21602, ErrorAction.Person, "Twilio says that the text is empty."),
        new(21603, ErrorAction.PauseNumber, "No sender is set at Twilio. Store the account again with its number."),
        new(21604, ErrorAction.Person, "Twilio says that the recipient is missing."),
        new(21606, ErrorAction.PauseNumber, "Our number may not send texts. Look at it in Twilio's console; the texts of this franchise wait meanwhile."),
        new(21608, ErrorAction.Person, "The account at Twilio is a trial, which texts verified numbers alone. Upgrade it, or verify the number."),
        new(21610, ErrorAction.OptOut, "The person told the carrier to stop. They get no more texts."),
        new(21611, ErrorAction.RetryLater, "Twilio's queue of our number was full. While it is planned it is tried again; what has failed can be replayed."),
        new(21612, ErrorAction.Person, "Twilio has no way from our number to this one. Call, or write an email."),
        new(21614, ErrorAction.Unreachable, "The number takes no texts."),
        new(21617, ErrorAction.Never, "The text is longer than 1,600 characters."),
        new(21635, ErrorAction.Unreachable, "The number is a landline, which takes no texts."),
        new(21659, ErrorAction.PauseNumber, "Our number does not belong to the account at Twilio. Store the account again with its number."),
        new(21703, ErrorAction.PauseNumber, "The messaging service at Twilio has no number. Add one in Twilio's console."),
        new(21705, ErrorAction.PauseNumber, "The messaging service does not exist at Twilio. Store the account again with the right one."),

        // In a status callback: the carrier did not deliver it.
        new(30001, ErrorAction.Never, "Twilio's queue was full, so the text was dropped. It can be replayed."),
        new(30002, ErrorAction.BlockedSender, "The account at Twilio was suspended while the text waited. See Twilio's console, then replay."),
        new(30003, ErrorAction.Never, "The phone was switched off or out of reach for too long. It can be replayed."),
        new(30004, ErrorAction.Never, "The person's carrier blocked the text: they may have blocked our number."),
        new(30005, ErrorAction.Unreachable, "The carrier says that the number is not in service."),
        new(30006, ErrorAction.Unreachable, "The number is a landline, or its carrier takes no texts."),
        new(30007, ErrorAction.Alarm, "The carrier took the text for spam. Look at the words and the links; more of these and the number is blocked."),
        new(30008, ErrorAction.Never, "The carrier did not deliver the text and does not say why. It can be replayed."),
        new(30010, ErrorAction.Never, "The text cost more than the account allows."),
        new(30022, ErrorAction.Never, "The carrier's rate for our registration was passed, so the text was dropped. It can be replayed; lower segmentsPerSecond of the account."),
        new(30023, ErrorAction.Never, "The carrier's daily limit of our brand is used up; it begins anew at midnight Pacific time. It can be replayed; set dailySegments of the account to the limit."),
        new(30024, ErrorAction.BlockedSender, "The number is not fully registered with the carriers. See Twilio's console (Messaging, Regulatory compliance)."),
        new(30032, ErrorAction.BlockedSender, "The toll-free number is not verified, so the carriers block it. See Twilio's console."),
        new(30033, ErrorAction.BlockedSender, "The registration of our campaign was suspended. See Twilio's console."),
        new(30034, ErrorAction.BlockedSender, "The number is not registered with the carriers (A2P 10DLC), so they block it. Register it in Twilio's console, then replay."),
        new(30035, ErrorAction.BlockedSender, "The registration of the number is being changed. Replay when Twilio's console shows it as registered."),
        new(30036, ErrorAction.Never, "The text waited in the carrier's queue until its time was over. That keeps it out of the night; it can be replayed."),
        new(30038, ErrorAction.Alarm, "The carrier filtered the text for one-time passwords. Look at the words."),

        // By a third party's page alone (Aloware): T-Mobile's limit of a brand, which is counted as that of 30023 is.
        new(30027, ErrorAction.Never, "T-Mobile's daily limit of our brand is used up; it begins anew at midnight Pacific time. It can be replayed; set dailySegments of the account to the limit."),

        // By Twilio's dictionary: SMS Pumping Protection, which errs at times. The first block lasts for about half an hour, the second one for some hours.
        new(30450, ErrorAction.Alarm, "Twilio took the texts to this number for fraud and blocks it for a while, half an hour or longer. It can be replayed then; Twilio's Global Safe List keeps a number free of that."),
        new(30453, ErrorAction.Alarm, "Twilio took the texts to this number for fraud and blocks it for some hours. It can be replayed then; Twilio's Global Safe List keeps a number free of that."),
    }.ToDictionary(error => error.Code);

    /// <summary>All that have a meaning of their own.</summary>
    public static IReadOnlyCollection<VendorError> All => Known.Values;

    /// <summary>The reasons that say that the carriers take no text of our number.</summary>
    public static readonly IReadOnlyList<string> OfABlockedSender = ReasonsOf(ErrorAction.BlockedSender);

    /// <summary>The reasons that say that a carrier or Twilio took a text for spam.</summary>
    public static readonly IReadOnlyList<string> OfFilteredTexts = ReasonsOf(ErrorAction.Alarm);

    /// <summary>The reasons that say nothing of a text: our account or number was turned away. All of Twilio's codes that begin with 20 are of the account, too.</summary>
    public static readonly IReadOnlyList<string> OfTheSender = [.. ReasonsOf(ErrorAction.PauseNumber), .. OfABlockedSender, "twilio_401", "twilio_403", "twilio_404"];

    /// <summary>The reasons that say that no text reaches a number.</summary>
    public static readonly string[] OfTheNumber = ReasonsOf(ErrorAction.Unreachable);

    /// <summary>What we know of a code; one that is new to us is never tried again.</summary>
    public static VendorError Of(int code) => Known.GetValueOrDefault(code)
        ?? new VendorError(code, ErrorAction.Never, $"Twilio refused it with its code {code}: www.twilio.com/docs/api/errors/{code} says what that means.");

    /// <summary>The same of a refusal. One of the whole account (401, 403, 404) is no text's fault, whichever code it has, unless that code has a meaning of its own.</summary>
    public static VendorError Of(SendOutcome.Refused refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        return !Known.ContainsKey(refused.Code) && refused.Status is 401 or 403 or 404
            ? new VendorError(refused.Code, ErrorAction.PauseNumber, OfTheAccount(refused.Status, refused.Code))
            : Of(refused.Code);
    }

    /// <summary>What to say of a refusal of the whole account that has no code of a text.</summary>
    public static string OfTheAccount(int status, int? code = null) =>
        $"Twilio turns our account away (HTTP {status}{(code is { } known && known != status ? $", code {known}" : "")}). See Twilio's console, or store the account again; the texts of this franchise wait meanwhile.";

    private static string[] ReasonsOf(ErrorAction action) => [.. Known.Values.Where(error => error.Action == action).Select(error => $"twilio_{error.Code}")];

    /// <summary>The code in a reason such as twilio_21610; null when it is none.</summary>
    public static int? CodeIn(string? reason) =>
        reason?.StartsWith("twilio_", StringComparison.Ordinal) == true && reason.Length == 12 && int.TryParse(reason.AsSpan(7), out var code) ? code : null;
}
