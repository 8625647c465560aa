using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Messages;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>An answer on its way.</summary>
internal sealed record AnswerInProgress(SessionKey Session, BegunAnswer Begun, AnswerFeed Stream)
{
    private readonly List<(Reservation Reservation, Settlement Settlement)> _calls = [];

    public GuardedSpeech Speech { get; } = new(Stream, Begun.MessageId);

    /// <summary>Money that is not settled yet.</summary>
    public Reservation? Reservation { get; set; }

    public CallEnd? Last { get; set; }

    /// <summary>What broke off the words that stand, if something did.</summary>
    public string? BrokenOffBy { get; set; }

    /// <summary>How many tools were asked for.</summary>
    public int ToolCalls { get; set; }

    /// <summary>What tools were asked for and what they said: a next try knows it, and does nothing twice.</summary>
    public List<AiMessage> ToolTurns { get; } = [];

    /// <summary>What tools have done.</summary>
    public Deeds Done { get; set; }

    /// <summary>What the customer holds or has booked since a tool has acted; null before.</summary>
    public IReadOnlyList<TakenSlot>? Slots { get; set; }

    /// <summary>Why the guard has stopped a first try.</summary>
    public Violation? Stopped { get; set; }

    /// <summary>Is what is said the fixed text, and no model's?</summary>
    public bool IsOurs { get; set; }

    /// <summary>Has no model answered, so that staff have to?</summary>
    public bool IsLeftToShop { get; set; }

    /// <summary>What staff read as the reason, where it is another one than <see cref="FailureCode"/>.</summary>
    public string? LeftBecause { get; set; }

    /// <summary>What a tool wants to be said, and nothing else.</summary>
    public string? Words { get; set; }

    /// <summary>In whose name it stands, when no model was asked and something is said all the same.</summary>
    public AiModel? Spokesman { get; set; }

    /// <summary>Did another question come meanwhile? Yes, unless the end says otherwise.</summary>
    public bool IsAskedAgain { get; set; } = true;

    /// <summary>Something failed in a way that may have left money reserved.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Why nothing was said, if nothing was.</summary>
    public string FailureCode { get; set; } = "provider_unavailable";

    /// <summary>Is it said to its end?</summary>
    public bool IsComplete => Speech.Said.Length > 0 && (IsOurs || Last is { IsComplete: true });

    /// <summary>A call is made from now on: until its end is known, all of its money may be spent.</summary>
    public void Made(Reservation reservation) => _calls.Add((reservation, Costs.Settlement.Unknown("cancelled")));

    /// <summary>The call of this reservation is over, or was not made at all.</summary>
    public CallEnd Ended(Reservation reservation, CallEnd end)
    {
        _calls.RemoveAll(call => call.Reservation.CallId == reservation.CallId);
        _calls.Add((reservation, end.Settlement));
        return Last = end;
    }

    /// <summary>Settles what is reserved, in a transaction of its own.</summary>
    public async Task SettleAsync(Budget budget, CancellationToken cancel)
    {
        if (Reservation is { } reservation)
        {
            await budget.SettleAsync(Session.TenantId, reservation.CallId, SettlementOf(reservation.CallId), cancel);
            Reservation = null;
        }
    }

    /// <summary>What is left to settle. Where something failed, the database knows of calls whose reservation or settlement was stored, or not, without our hearing of it.</summary>
    public async Task<IReadOnlyList<SettledCall>> UnsettledAsync(Budget budget, CancellationToken cancel)
    {
        var open = IsUncertain ? await budget.OpenOfAsync(Session.TenantId, Begun.MessageId, cancel) : [];
        return [.. open.Concat(Reservation is { } reservation ? [reservation.CallId] : []).Distinct().Select(callId => new SettledCall(callId, SettlementOf(callId)))];
    }

    // Only what was made can cost anything.
    private Settlement SettlementOf(Guid callId) =>
        _calls.Where(call => call.Reservation.CallId == callId).Select(call => call.Settlement).FirstOrDefault() ?? Costs.Reservation.NotBilled("not_made");

    /// <summary>Says our own words, in the name of a model that is not asked.</summary>
    public void SayOurselves(string words, AiModel spokesman)
    {
        Speech.SayOurselves(words);
        (IsOurs, Spokesman) = (true, spokesman);
    }

    public AnswerEnd End(string reason, IReadOnlyList<AnswerPiece> lastPieces)
    {
        var content = Speech.Said.ToString();
        var (status, finish) = (content.Length, Last) switch
        {
            (> 0, _) when IsOurs => (MessageStatuses.Complete, "stop"),
            (> 0, { IsComplete: true } last) => (MessageStatuses.Complete, last.Outcome),
            (0, _) when reason != "shutdown" => (MessageStatuses.Failed, FailureCode),
            _ => (MessageStatuses.Interrupted, reason),
        };
        return new AnswerEnd(Session.SessionId, Begun.MessageId, status, content, lastPieces, finish, Usage());
    }

    // Of all calls that this answer took, under the name of the last one's model: what the ledger holds for it.
    private AnswerUsage? Usage()
    {
        if (_calls.Count == 0)
        {
            return Spokesman is { } model ? new AnswerUsage(model.Provider, model.Id, 0, 0, 0, 0) : null;
        }

        return new AnswerUsage(
            _calls[^1].Reservation.Model.Provider, _calls[^1].Reservation.Model.Id, _calls.Sum(call => call.Settlement.Tokens.Input), _calls.Sum(call => call.Settlement.Tokens.Output),
            _calls.Sum(call => call.Settlement.Tokens.CacheRead), _calls.Sum(call => call.Settlement.CostMicros ?? call.Reservation.Micros));
    }
}
