using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>A value that a kind of fault can be given.</summary>
/// <param name="Name">The JSON name.</param>
/// <param name="Label">For the page.</param>
/// <param name="Default">A number, <c>false</c> for a flag, a text; null: left out.</param>
internal sealed record FaultParameter(string Name, string Label, JsonNode? Default);

/// <summary>One kind of fault of some vendors: what happens, in one sentence, and what it can be given.</summary>
/// <param name="Stays">Whether it stays until it is removed, unless it is given a count.</param>
internal sealed record FaultEntry(
    string Kind, string[] Vendors, string Title, string Sentence, bool Stays, FaultParameter[] Parameters)
{
    /// <summary>The fault with the kind's own values where it names none.</summary>
    public Fault Complete(Fault fault)
    {
        // "500 for 20 minutes" says seconds, like all the others.
        var lasts = fault.ForSeconds ?? (Kind == FaultKind.List500 ? fault.Seconds : null);
        return fault with
        {
            Count = fault.Count > 0 ? fault.Count : Stays || lasts is not null ? Fault.Always : 1,
            ForSeconds = lasts,
            AfterTokens = fault.AfterTokens ?? Number("afterTokens"),
            Seconds = Kind == FaultKind.List500 ? null : fault.Seconds ?? Number("seconds"),
            Status = fault.Status != 0 ? fault.Status : Number("status") ?? 0,
            Body = fault.Body ?? Default("body").Text(),
            RetryAfter = fault.RetryAfter ?? Number("retryAfter"),
            AtByte = fault.AtByte ?? Number("atByte"),
            Times = fault.Times ?? Number("times"),
            AfterFailures = fault.AfterFailures ?? Number("afterFailures"),
        };
    }

    public JsonObject ToJson(string vendor) => new()
    {
        ["vendor"] = vendor,
        ["kind"] = Kind,
        ["title"] = Title,
        ["sentence"] = Sentence,
        ["stays"] = Stays,
        ["parameters"] = new JsonArray([.. Parameters.Select(parameter => new JsonObject
        {
            ["name"] = parameter.Name,
            ["label"] = parameter.Label,
            ["default"] = parameter.Default?.DeepClone(),
        })]),
    };

    private int? Number(string name) => Default(name) is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private JsonNode? Default(string name) => Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Default;
}

/// <summary>All kinds of faults: what the page offers, what the README lists, what <c>POST /_sandbox/faults</c> takes.</summary>
internal static class FaultCatalog
{
    private static readonly string[] Everyone = [Vendor.Twilio, Vendor.SendGrid, Vendor.Shopmonkey, Vendor.Anthropic, Vendor.OpenAi];
    private static readonly string[] Writers = [Vendor.Twilio, Vendor.SendGrid, Vendor.Shopmonkey];
    private static readonly string[] Models = [Vendor.Anthropic, Vendor.OpenAi];
    private static readonly string[] Twilio = [Vendor.Twilio];
    private static readonly string[] SendGrid = [Vendor.SendGrid];
    private static readonly string[] Shopmonkey = [Vendor.Shopmonkey];
    private static readonly string[] Listers = [Vendor.Twilio, Vendor.Shopmonkey];

    /// <summary>In the order in which the page shows them.</summary>
    public static IReadOnlyList<FaultEntry> Entries { get; } = [.. OfModels(), .. OfCalls(), .. OfLists(), .. OfCallbacks()];

    public static FaultEntry? Find(string vendor, string kind) =>
        Entries.FirstOrDefault(entry => entry.Kind == kind && entry.Vendors.Contains(vendor));

    public static JsonArray ToJson() => new(
        [.. Everyone.SelectMany(vendor => Entries.Where(entry => entry.Vendors.Contains(vendor)).Select(entry => entry.ToJson(vendor)))]);

    private static FaultEntry[] OfCalls() =>
    [
        new(FaultKind.AcceptThenDrop, Writers, "Takes it, then hangs up", "The call takes effect, and the connection closes without an answer.", false, []),
        new(FaultKind.AcceptThen500, Writers, "Takes it, then says 500", "The call takes effect, and the answer denies it.", false, []),
        new(FaultKind.AcceptWithoutRow, Shopmonkey, "Takes it, and shows nothing", "The call takes effect, and the answer says yes without the row.", false, []),
        new(FaultKind.AcceptThenDrop, Models, "Takes it, then hangs up", "The call is counted, and the stream ends before its first word.", false, []),
        new(FaultKind.AcceptThen500, Models, "Takes it, then fails", "The call is counted, and the stream has an error where its first word would be.", false, []),
        new(FaultKind.DropBeforeAccept, Everyone, "Hangs up at once", "The connection closes, and nothing took effect.", false, []),
        new(FaultKind.Hang, Everyone, "Hangs", "No answer for so long; unless it was taken, the line then closes and nothing took effect.", false,
            [new("seconds", "Seconds", 30), new("accepted", "Taken before", false)]),
        new(FaultKind.Trickle, Everyone, "Answers in drops", "The call takes effect, and its answer takes so long to come in, piece by piece.", false, [new("seconds", "Seconds", 10)]),
        new(FaultKind.ResetAtByte, Everyone, "Resets the line in mid-answer", "The call takes effect; TCP resets after so many bytes of the answer's body.", false, [new("atByte", "Bytes", 20)]),
        new(FaultKind.RateLimited, Everyone, "Too many requests (429)", "Nothing took effect, and Retry-After says when to come back.", false, [new("retryAfter", "Retry after", 1)]),
        new(FaultKind.Status, Everyone, "Any HTTP status", "Answers with it and does nothing; as html it comes from an edge in front of the vendor.", false,
            [new("status", "Status", 503), new("body", "Body", "json"), new("retryAfter", "Retry after", null)]),
        new(FaultKind.Denied, Everyone, "The key is revoked", "Every call is answered 401 until this is cleared.", true, []),
    ];

    private static FaultEntry[] OfLists() =>
    [
        new(FaultKind.ListLag, Listers, "The list lags", "What was made less than so many seconds ago is not listed yet.", true, [new("seconds", "Seconds", 10)]),
        new(FaultKind.List500, Listers, "The list fails (500)", "Lists and searches answer 500, so many times or for so long.", false, [new("forSeconds", "For seconds", null)]),
        new(FaultKind.DishonestPager, Shopmonkey, "The pager lies", "Order is ignored and each page is a random draw; only bare gte and lte and ids count, and the total is true.", true, []),
        new(FaultKind.IgnoreFilter, Shopmonkey, "A filter is ignored", "A list answers everything, with 200 and without a word.", false, []),
    ];

    private static FaultEntry[] OfCallbacks() =>
    [
        new(FaultKind.CallbackFirst, Twilio, "Callbacks before the answer", "Queued, sent and delivered are told before the 201 is.", false, []),
        new(FaultKind.CallbackFirst, SendGrid, "Events before the answer", "The mail's events are posted before the 202 is answered.", false, []),
        new(FaultKind.CallbackFirst, Shopmonkey, "Webhook before the answer", "The webhook of the product's own write arrives before the answer to it.", false, []),
        new(FaultKind.CallbacksTwice, Twilio, "Callbacks come twice", "Each status of the next text is told so many times.", false, [new("times", "Times", 2)]),
        new(FaultKind.CallbacksTwice, SendGrid, "Events come twice", "Each event of the next mail comes so many times, with one sg_event_id.", false, [new("times", "Times", 2)]),
        new(FaultKind.WebhooksTwice, Shopmonkey, "Webhooks come twice", "The next webhook is sent so many times, each with an id of its own.", false, [new("times", "Times", 2)]),
        new(FaultKind.CallbacksReversed, Twilio, "Callbacks in reverse", "Delivered is told before sent, and sent before queued.", false, []),
        new(FaultKind.CallbacksReversed, SendGrid, "Events in reverse", "Delivered is posted before processed.", false, []),
        new(FaultKind.WebhooksReversed, Shopmonkey, "Webhooks in reverse", "The next webhook waits for the one after it, at most so long.", false, [new("seconds", "Seconds", 5)]),
        new(FaultKind.CallbacksOff, Twilio, "No callbacks", "The next text is delivered, and nobody is told.", false, []),
        new(FaultKind.CallbacksOff, SendGrid, "No events", "The next mail is delivered, and nobody is told.", false, []),
        new(FaultKind.WebhooksOff, Shopmonkey, "A webhook is lost", "The next webhook is never sent; only polling finds the change.", false, []),
        new(FaultKind.WebhookDisabled, Shopmonkey, "The webhook is disabled", "Disabled after so many failed events in a row (0: now), until it is cleared or enabled again.", true, [new("afterFailures", "Failures", 0)]),
        new(FaultKind.Undelivered, Twilio, "Not delivered", "The next text ends undelivered with this carrier error.", false, [new("status", "Error", 30003)]),
        new(FaultKind.Bounced, SendGrid, "Bounces", "The receiving server refuses the next mail for good.", false, []),
        new(FaultKind.Dropped, SendGrid, "Dropped", "SendGrid does not even try: the address bounced before.", false, []),
        new(FaultKind.Deferred, SendGrid, "Deferred", "The receiving server puts the next mail off once, then takes it.", false, []),
    ];

    private static FaultEntry[] OfModels() =>
    [
        new(FaultKind.Overloaded, [Vendor.Anthropic], "Overloaded (529)", "Refused before the first word.", false, [new("status", "Status", 529)]),
        new(FaultKind.Overloaded, [Vendor.OpenAi], "Overloaded (503)", "Refused before the first word.", false, [new("status", "Status", 503)]),
        new(FaultKind.ErrorStatus, Models, "Fails with a status", "Answers with the vendor's own error, before the first word.", false, [new("status", "Status", 500), new("retryAfter", "Retry after", null)]),
        new(FaultKind.HangBeforeFirstToken, Models, "Silent before the first word", "The stream opens with 200, then nothing for so long.", false, [new("seconds", "Seconds", 30)]),
        new(FaultKind.HangAfterTokens, Models, "Falls silent in mid-answer", "Nothing for so long after so many words.", false, [new("afterTokens", "Words", 5), new("seconds", "Seconds", 30)]),
        new(FaultKind.ErrorAfterTokens, Models, "Error in mid-answer", "An error event after so many words of a stream that began with 200.", false, [new("afterTokens", "Words", 5)]),
        new(FaultKind.CutAfterTokens, Models, "Stops in mid-answer", "The stream just ends after so many words, without an error.", false, [new("afterTokens", "Words", 5)]),
        new(FaultKind.Malformed, Models, "Garbage in the stream", "An event that is no JSON after so many words.", false, [new("afterTokens", "Words", 5)]),
        new(FaultKind.NoUsage, Models, "No usage", "A whole answer that does not say what it used.", false, []),
        new(FaultKind.ModelRetired, Models, "The model is retired", "404 for this model (empty: for every one), which is no longer listed.", true, [new("model", "Model", "")]),
    ];
}
