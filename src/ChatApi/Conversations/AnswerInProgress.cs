using LeadOrchestrator.ChatApi.Ai;
using LeadOrchestrator.ChatApi.Costs;
using LeadOrchestrator.ChatApi.Guard;
using LeadOrchestrator.Shared.Messages;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;

namespace LeadOrchestrator.ChatApi.Conversations;

/// <summary>An answer on its way.</summary>
internal sealed record AnswerInProgress(SessionKey Session, BegunAnswer Begun, AnswerFeed Stream)
{
    private readonly List<(Reservation Reservation, Settlement Settlement)> _settled = [];

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

    public Settlement Settlement() => Last?.Settlement ?? Costs.Settlement.Unknown("cancelled");

    /// <summary>Settles what is reserved, in a transaction of its own.</summary>
    public async Task SettleAsync(Budget budget, CancellationToken cancel)
    {
        if (Reservation is { } reservation)
        {
            await budget.SettleAsync(Session.TenantId, reservation.CallId, Settlement(), cancel);
            _settled.Add((reservation, Settlement()));
            Reservation = null;
        }
    }

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
        List<(Reservation Reservation, Settlement Settlement)> all = [.. _settled];
        if (Reservation is { } open)
        {
            all.Add((open, Settlement()));
        }

        if (all.Count == 0)
        {
            return Spokesman is { } model ? new AnswerUsage(model.Provider, model.Id, 0, 0, 0, 0) : null;
        }

        return new AnswerUsage(
            all[^1].Reservation.Model.Provider, all[^1].Reservation.Model.Id, all.Sum(call => call.Settlement.Tokens.Input), all.Sum(call => call.Settlement.Tokens.Output),
            all.Sum(call => call.Settlement.Tokens.CacheRead), all.Sum(call => call.Settlement.CostMicros ?? call.Reservation.Micros));
    }
}
