using System.Buffers;
using System.Text.RegularExpressions;

namespace LeadOrchestrator.ChatApi.Guard;

/// <summary>Finds what a sentence says was done, or is being done, by us: only a committed row makes it true.</summary>
internal static partial class DeedClaims
{
    private const Deeds Any = (Deeds)127;
    private static readonly SearchValues<char> ClauseStarts = SearchValues.Create(",;:.!?");

    /// <summary>Is something said to be done that is not among <paramref name="done"/>?</summary>
    public static bool IsFalse(GuardText sentence, Deeds done) => Claims(sentence).Any(claim => (claim.TrueBy & done) == Deeds.None);

    /// <summary>Is something said to be done that is not, or a booking told with another day or time than its own?</summary>
    public static bool IsFalse(GuardText sentence, TruthFacts facts) =>
        Claims(sentence).Any(claim => (claim.TrueBy & facts.Done) == Deeds.None || IsOfAnotherTime(sentence.Text, claim, facts));

    // It is enough that one slot has a day and a time that are said: who moves one names two, and says until when they are there.
    private static bool IsOfAnotherTime(string text, Claim claim, TruthFacts facts)
    {
        if ((claim.TrueBy & (Deeds.Booked | Deeds.Moved)) == Deeds.None)
        {
            return false;
        }

        var said = Deadline().Replace(SaidTimes.InDigits(text[..(NextThought().Match(text, claim.End) is { Success: true } next ? next.Index : text.Length)]), " ");
        var days = new DayNames(facts.Hours.Local(facts.Now).Date, facts.Hours).In(said, inDigits: true);
        var times = SaidTimes.Named(said);
        var service = ServiceOf(text, claim, facts);
        return (days.Count > 0 || times.Count > 0 || service is not null)
            && !facts.Slots.Where(slot => !slot.IsHeld || claim.TrueBy.HasFlag(Deeds.Held)).Any(slot => slot.Local(facts.Hours) is var starts
                && (days.Count == 0 || days.Exists(day => day.Covers(starts.Date))) && (times.Count == 0 || times.Any(time => time.Times.Contains(starts.TimeOfDay.ToTimeOnly())))
                && (service is null || GuardText.Normalize(slot.Service).Trim() == service));
    }

    // The only one of the catalog that is named beside the claim; of two, one may be spoken of in passing.
    private static string? ServiceOf(string text, Claim claim, TruthFacts facts)
    {
        var from = text.AsSpan(0, claim.Start).LastIndexOfAny(ClauseStarts) + 1;
        var beside = text[from..(ClauseEnd().Match(text, claim.End) is { Success: true } end ? end.Index : text.Length)];
        List<string> named = [];
        foreach (var (name, _) in facts.PricesByName.Where(service => beside.Contains(service.Name, StringComparison.Ordinal)))
        {
            named.Add(name);
            beside = beside.Replace(name, " ", StringComparison.Ordinal);
        }

        return named is [var only] ? only : null;
    }

    private static IEnumerable<Claim> Claims(GuardText sentence)
    {
        var (text, asks) = (sentence.Text, sentence.IsQuestion);
        var byUs = Found(ByUs()).Concat(Found(AtWork()));
        var openEnded = Found(Promise()).Where(match => !LetMeHold().IsMatch(match.Value));
        if (!asks)
        {
            byUs = byUs.Concat(Found(Kept())).Concat(Found(Exclaimed())).Concat(Found(NounFirst())).Concat(Found(SeeYou()));
            openEnded = openEnded.Concat(Found(Passive()).Concat(Found(NounPassive())).Where(match => !OfThings().IsMatch(match.Value) && !ByOthers().IsMatch(text, match.Index + match.Length) && !IsGone(text, match))).Concat(Found(Silence())).Concat(Found(Spanish())).Concat(Found(Ahead()));
        }

        // What waits for the customer's tap is not done yet; what we say that we did does not wait.
        return byUs.Concat(openEnded.Where(match => !(HeldWord().IsMatch(match.Value) && AskedFirst().IsMatch(text[..match.Index])) && !IfYou().IsMatch(text[(match.Index + match.Length)..]))).Select(match => new Claim(match.Index, match.Index + match.Length, DeedsOf(text, match)))
            .Concat(asks ? [] : Found(Appointment()).Select(match => new Claim(match.Index, match.Index + match.Length, HeldWord().IsMatch(match.Value) ? Deeds.Held | Deeds.Booked : Deeds.Booked)))
            .Where(claim => !IsOnlyImagined(text, claim));

        IEnumerable<Match> Found(Regex claim) => claim.Matches(text);
    }

    // "Sorry, that slot is already booked", "that time is booked, but 11:00 is free": somebody else has it.
    private static bool IsGone(string text, Match match) => TimeIsBooked().IsMatch(match.Value)
        && (SorryThat().IsMatch(text[..match.Index]) ? !ForYou().IsMatch(text, match.Index + match.Length) : ButAnother().IsMatch(text, match.Index + match.Length));

    // "once it is booked", "not booked", "can be booked", "if I booked"; "If that works, I've booked it" says that it is done.
    private static bool IsOnlyImagined(string text, Claim claim)
    {
        var at = claim.Start;
        var from = Finished().IsMatch(text[at..claim.End]) ? text.AsSpan(0, at).LastIndexOf(',') + 1 : 0;
        return Imagined().IsMatch(text[Math.Max(from, at - 60)..at]) || Given().IsMatch(text[..at]) || ByTheTap().IsMatch(text[..at]);
    }

    // Which deeds make a claim true; None = nothing does.
    private static Deeds DeedsOf(string text, Match match)
    {
        var claim = match.Value;
        var more = NextWords().Match(text, match.Index + match.Length).Value;
        return NoMore().IsMatch(claim) ? Deeds.OptedOut
            : MovedWord().IsMatch(claim) ? Deeds.Moved
            : CancelledWord().IsMatch(claim) || (claim.EndsWith("care of", StringComparison.Ordinal) && CancelledWord().IsMatch(more)) ? Deeds.Cancelled
            : StaffWord().IsMatch(claim) ? Deeds.StaffTold
            : SentWord().IsMatch(claim) ? Deeds.Sent
            : HeldWord().IsMatch(claim) || (Puts().IsMatch(claim) && HeldWord().IsMatch(more)) || (ReservedWord().IsMatch(claim) && ForAWhile().IsMatch(text[match.Index..])) ? Deeds.Held | Deeds.Booked
            : SilentWord().IsMatch(claim) ? Deeds.OptedOut
            : JustDone().IsMatch(claim) ? Any
            : Deeds.Booked;
    }

    /// <summary>Something that is said to be done, where that stands, and which deeds make it true.</summary>
    private readonly record struct Claim(int Start, int End, Deeds TrueBy);
}
