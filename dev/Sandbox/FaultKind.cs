namespace LeadOrchestrator.Sandbox;

/// <summary>What can go wrong on demand. The strings are those of <c>POST /_sandbox/faults</c>; <see cref="FaultCatalog"/> says what each does.</summary>
public static class FaultKind
{
    /// <summary>A write takes effect, then the connection closes without an answer.</summary>
    public const string AcceptThenDrop = "accept_then_drop";

    /// <summary>A write takes effect, then the answer is 500.</summary>
    public const string AcceptThen500 = "accept_then_500";

    /// <summary>Shopmonkey: a write takes effect, and the answer says yes without the row.</summary>
    public const string AcceptWithoutRow = "accept_without_row";

    /// <summary>The connection closes and nothing took effect.</summary>
    public const string DropBeforeAccept = "drop_before_accept";

    /// <summary>Waits <see cref="Fault.Seconds"/>; with <see cref="Fault.Accepted"/> it took effect before and answers after, else the connection closes and nothing took effect.</summary>
    public const string Hang = "hang";

    /// <summary>The call takes effect, and its answer comes byte by byte over <see cref="Fault.Seconds"/> (a model's stream: word by word).</summary>
    public const string Trickle = "trickle";

    /// <summary>The call takes effect; the connection is reset after <see cref="Fault.AtByte"/> bytes of the answer's body.</summary>
    public const string ResetAtByte = "reset_at_byte";

    /// <summary>Answers 429 with <c>Retry-After</c> and does nothing.</summary>
    public const string RateLimited = "429";

    /// <summary>Answers <see cref="Fault.Status"/> and does nothing.</summary>
    public const string Status = "status";

    /// <summary>Answers 401 to everything, as with a revoked key.</summary>
    public const string Denied = "denied";

    /// <summary>Lists: what was made less than <see cref="Fault.Seconds"/> ago is not in them yet. Real time.</summary>
    public const string ListLag = "list_lag";

    /// <summary>Lists and searches answer 500, so many times or for <see cref="Fault.ForSeconds"/>.</summary>
    public const string List500 = "list_500";

    /// <summary>Twilio: each status callback of the text comes <see cref="Fault.Times"/> times.</summary>
    public const string CallbacksTwice = "callbacks_twice";

    /// <summary>Twilio: delivered comes before sent, sent before queued.</summary>
    public const string CallbacksReversed = "callbacks_reversed";

    /// <summary>Twilio: no status callback for the text.</summary>
    public const string CallbacksOff = "callbacks_off";

    /// <summary>Twilio: all callbacks arrive before the 201. Shopmonkey: the webhook of a write arrives before its answer. SendGrid: events before the 202.</summary>
    public const string CallbackFirst = "callback_first";

    /// <summary>Twilio: the text ends undelivered with error <see cref="Fault.Status"/> (default 30003).</summary>
    public const string Undelivered = "undelivered";

    /// <summary>Shopmonkey: the webhook of a change is never sent.</summary>
    public const string WebhooksOff = "webhooks_off";

    /// <summary>Shopmonkey: the webhook of a change is sent <see cref="Fault.Times"/> times, each with an id of its own.</summary>
    public const string WebhooksTwice = "webhooks_twice";

    /// <summary>Shopmonkey: the webhook waits until the next one has gone, at most <see cref="Fault.Seconds"/>.</summary>
    public const string WebhooksReversed = "webhooks_reversed";

    /// <summary>Shopmonkey: the registration is disabled after <see cref="Fault.AfterFailures"/> events in a row that could not be delivered; 0: at once.</summary>
    public const string WebhookDisabled = "webhook_disabled";

    /// <summary>Shopmonkey: a list ignores its filter and answers everything.</summary>
    public const string IgnoreFilter = "ignore_filter";

    /// <summary>Shopmonkey: lists ignore the order asked for, and each page is a random draw; only bare <c>gte</c> and <c>lte</c>, <c>ids</c> and <c>meta.total</c> are honoured.</summary>
    public const string DishonestPager = "dishonest_pager";

    /// <summary>Models: answers <see cref="Fault.Status"/> (429, 500, 529 …) in the vendor's error form.</summary>
    public const string ErrorStatus = "error_status";

    /// <summary>Models: overloaded, as each vendor says it (529, 503), or <see cref="Fault.Status"/>.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>Models: an error event after <see cref="Fault.AfterTokens"/> tokens of a stream that began with 200.</summary>
    public const string ErrorAfterTokens = "error_after_tokens";

    /// <summary>Models: the stream just ends after <see cref="Fault.AfterTokens"/> tokens.</summary>
    public const string CutAfterTokens = "cut_after_tokens";

    /// <summary>Models: <see cref="Fault.Seconds"/> of silence after <see cref="Fault.AfterTokens"/> tokens.</summary>
    public const string HangAfterTokens = "hang_after_tokens";

    /// <summary>Models: the stream begins, then <see cref="Fault.Seconds"/> pass before the first token.</summary>
    public const string HangBeforeFirstToken = "hang_before_first_token";

    /// <summary>Models: an event that is no JSON after <see cref="Fault.AfterTokens"/> tokens.</summary>
    public const string Malformed = "malformed";

    /// <summary>Models: the answer carries no usage (Anthropic: one of zeros, as its schema demands the field).</summary>
    public const string NoUsage = "no_usage";

    /// <summary>Models: 404 for <see cref="Fault.Model"/> (none: for every model), which is no longer listed.</summary>
    public const string ModelRetired = "model_retired";

    /// <summary>SendGrid: the mail bounces instead of being delivered.</summary>
    public const string Bounced = "bounced";

    /// <summary>SendGrid: the mail is dropped, as to an address that bounced before.</summary>
    public const string Dropped = "dropped";

    /// <summary>SendGrid: the mail is deferred once before it is delivered.</summary>
    public const string Deferred = "deferred";

    internal static readonly string[] OfCallbacks = [CallbacksTwice, CallbacksReversed, CallbacksOff, CallbackFirst];
    internal static readonly string[] OfTexts = [.. OfCallbacks, Undelivered];
    internal static readonly string[] OfMails = [.. OfCallbacks, Bounced, Dropped, Deferred];
    internal static readonly string[] OfWebhooks = [WebhooksOff, WebhooksTwice, WebhooksReversed];
    internal static readonly string[] OfReads = [DropBeforeAccept, Hang, Trickle, ResetAtByte, RateLimited, Status, Denied];
    internal static readonly string[] OfLists = [.. OfReads, List500];
    internal static readonly string[] OfWrites = [AcceptThenDrop, AcceptThen500, AcceptWithoutRow, .. OfReads];
    internal static readonly string[] OfModels =
        [Overloaded, ErrorStatus, HangBeforeFirstToken, HangAfterTokens, ErrorAfterTokens, CutAfterTokens, Malformed, NoUsage, .. OfWrites];
}
