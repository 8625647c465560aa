using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>One text to hand over. <paramref name="Body"/>: 1–1,600 characters. <paramref name="Validity"/>: 1 s to 10 h.</summary>
public sealed record OutgoingText(string To, string Body, Uri StatusCallback, TimeSpan Validity);

/// <summary>What Twilio knows of a text. <paramref name="Status"/> is its own word.</summary>
public sealed record TwilioMessage(
    [property: JsonPropertyName("sid")] string Sid,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("body")] string? Body,
    [property: JsonPropertyName("error_code")] int? ErrorCode)
{
    /// <summary>Twilio's word: inbound, outbound-api, outbound-reply.</summary>
    [JsonPropertyName("direction")]
    public string? Direction { get; init; }

    /// <summary>When Twilio took it, as it writes it (RFC 2822).</summary>
    [JsonPropertyName("date_created")]
    public string? DateCreated { get; init; }

    /// <summary>Who sent it, E.164 of a phone.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>Who gets it.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }

    /// <summary>A customer sent it.</summary>
    [JsonIgnore]
    public bool IsInbound => Direction == "inbound";

    /// <summary>We sent it, through this API.</summary>
    [JsonIgnore]
    public bool IsOutbound => Direction?.StartsWith("outbound-api", StringComparison.Ordinal) == true;

    /// <summary>When Twilio took it; null = it does not say.</summary>
    [JsonIgnore]
    public DateTimeOffset? CreatedAt => DateTimeOffset.TryParse(DateCreated, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}

/// <summary>The end of a hand-over, as the caller must act on it.</summary>
public abstract record SendOutcome
{
    /// <summary>Twilio has it.</summary>
    public sealed record Accepted(string Sid, string Status) : SendOutcome;

    /// <summary>Refused for good; <paramref name="Code"/> is Twilio's, or the HTTP status where the answer has none.</summary>
    /// <param name="Status">The HTTP status; 0 = it is not told.</param>
    public sealed record Refused(int Code, int Status = 0) : SendOutcome;

    /// <summary>Surely not sent: try again later.</summary>
    public sealed record NotSent(string Reason, TimeSpan? RetryAfter) : SendOutcome;

    /// <summary>Nobody knows. Never to be sent again by guess.</summary>
    public sealed record Unknown(string Reason) : SendOutcome;

    /// <summary>What a call that threw says of what was to be sent.</summary>
    /// <param name="hasBegun">Has a byte of it left? If not (a name that does not resolve, a refused or silent connection, a failed handshake), it is surely not sent.</param>
    /// <param name="vendor">The first word of the reason.</param>
    public static SendOutcome Of(Exception exception, bool hasBegun, string vendor) => exception switch
    {
        _ when !hasBegun => new NotSent($"{vendor}_unreachable", null),
        HttpRequestException => new Unknown($"{vendor}_connection_lost"),
        OperationCanceledException => new Unknown($"{vendor}_timeout"),
        _ => new Unknown($"{vendor}_answer_unreadable"),
    };
}

/// <summary>Twilio's Messages resource, API 2010-04-01. Its SDK has no cancellation and no base address, and is not used (docs/decisions/0003).</summary>
public sealed class TwilioClient(HttpClient http)
{
    /// <summary>How long a hand-over may take before its outcome is unknown.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may take; then the text is surely not sent.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The reason of a text that was left alone because this process had stood still, or the locks under which it was allowed were lost.</summary>
    public const string ProcessWasFrozen = "process_was_frozen";

    private const int MostPages = 5;

    // Of a thousand texts each: what came in two weeks of an account that lives.
    private const int MostInboundPages = 50;

    /// <summary>Hands one text over. Not idempotent, and never repeated in here: Twilio's create has no idempotency key. Never fails.</summary>
    /// <param name="tenantId">In whose name, with <paramref name="account"/>.</param>
    /// <param name="start">Decides whether it still may begin, and knows afterwards whether it has.</param>
    public async Task<SendOutcome> SendAsync(Guid tenantId, TwilioAccount account, OutgoingText text, CallStart start)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(start);
        using var deadline = new CancellationTokenSource(ConnectTimeout);
        try
        {
            using var request = Request(HttpMethod.Post, account.Messages, tenantId, account);
            request.Content = new TextContent(Form(account, text), start, () => deadline.CancelAfter(Timeout));
            Failpoint.Reach(Failpoint.RequestConnecting);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            Failpoint.Reach(Failpoint.AnswerHeaders);
            var outcome = await OutcomeAsync(response, deadline.Token);
            Failpoint.Reach(Failpoint.AnswerRead);
            return outcome;
        }
        catch (LeftAloneException) when (!start.HasBegun)
        {
            return new SendOutcome.NotSent(ProcessWasFrozen, null);
        }
        catch (Exception exception)
        {
            return SendOutcome.Of(exception, start.HasBegun, "twilio");
        }
        finally
        {
            start.Decide();
        }
    }

    /// <summary>Finds the text to this number that fits, newest first; null when Twilio shows none.</summary>
    /// <exception cref="HttpRequestException">The list could not be read.</exception>
    /// <remarks>No filter by date: whether a queued text, which has no date sent yet, would pass one is not verified.</remarks>
    public async Task<TwilioMessage?> FindAsync(Guid tenantId, TwilioAccount account, string to, Func<TwilioMessage, bool> fits, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(fits);
        await foreach (var page in PagesAsync(tenantId, account, $"To={Uri.EscapeDataString(to)}&PageSize=100", MostPages, cancel))
        {
            if (page.FirstOrDefault(fits) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>What customers sent to this account, newest first, page by page. With a messaging service its own texts are among them: its pool may have any number.</summary>
    /// <exception cref="HttpRequestException">The list could not be read.</exception>
    public IAsyncEnumerable<IReadOnlyList<TwilioMessage>> InboundAsync(Guid tenantId, TwilioAccount account, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(account);
        return PagesAsync(tenantId, account, account.MessagingServiceSid is null ? $"To={Uri.EscapeDataString(account.PhoneNumber)}&PageSize=1000" : "PageSize=1000", MostInboundPages, cancel);
    }

    /// <summary>The account's newest texts, whoever they went to or came from.</summary>
    /// <exception cref="HttpRequestException">The list could not be read.</exception>
    public async Task<IReadOnlyList<TwilioMessage>> NewestAsync(Guid tenantId, TwilioAccount account, int count, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(account);
        await foreach (var page in PagesAsync(tenantId, account, $"PageSize={count.ToString(CultureInfo.InvariantCulture)}", 1, cancel))
        {
            return page;
        }

        return [];
    }

    /// <summary>A picture that came with a text.</summary>
    /// <param name="url">At the account's own host: its key is sent there. A redirect, to where Twilio keeps media, goes without it.</param>
    /// <returns>Null: it is larger than <paramref name="most"/> bytes.</returns>
    /// <exception cref="HttpRequestException">It could not be read.</exception>
    public async Task<byte[]?> MediaAsync(Guid tenantId, TwilioAccount account, Uri url, int most, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(account);
        using var request = Request(HttpMethod.Get, url, tenantId, account);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Timeout);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentLength > most)
        {
            return null;
        }

        // The length is the sender's word; what comes is counted.
        await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
        var content = new byte[most + 1];
        var length = await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, deadline.Token);
        return length > most ? null : content[..length];
    }

    private async IAsyncEnumerable<IReadOnlyList<TwilioMessage>> PagesAsync(Guid tenantId, TwilioAccount account, string query, int mostPages, [EnumeratorCancellation] CancellationToken cancel)
    {
        Uri? page = new($"{account.Messages}?{query}");
        for (var pages = 0; page is not null && pages < mostPages; pages++)
        {
            TwilioList? list;
            using (var request = Request(HttpMethod.Get, page, tenantId, account))
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                deadline.CancelAfter(Timeout);
                using var response = await http.SendAsync(request, deadline.Token);
                response.EnsureSuccessStatusCode();
                await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
                list = await JsonSerializer.DeserializeAsync(stream, TwilioJson.Default.TwilioList, deadline.Token);
            }

            yield return list?.Messages ?? [];
            page = list?.NextPageUri is { Length: > 0 } next ? new Uri(account.BaseUrl, next) : null;
            if (page is not null && page.Authority != account.BaseUrl.Authority)
            {
                throw new HttpRequestException("The list goes on at another host, which does not get this account's key.");
            }
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri url, Guid tenantId, TwilioAccount account)
    {
        var request = new HttpRequestMessage(method, url) { Headers = { Authorization = account.Authorization } };
        request.ActFor(tenantId);
        return request;
    }

    private static IEnumerable<KeyValuePair<string, string>> Form(TwilioAccount account, OutgoingText text)
    {
        yield return new("To", text.To);
        yield return account.MessagingServiceSid is { } service ? new("MessagingServiceSid", service) : new("From", account.PhoneNumber);
        yield return new("Body", text.Body);
        yield return new("StatusCallback", text.StatusCallback.AbsoluteUri);
        yield return new("ValidityPeriod", ((int)text.Validity.TotalSeconds).ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<SendOutcome> OutcomeAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            // Never processed, says Twilio's page on 20429 (read 2026-11-22).
            return new SendOutcome.NotSent("twilio_429", PauseOf(response));
        }

        if ((int)response.StatusCode >= 500)
        {
            return new SendOutcome.Unknown($"twilio_{(int)response.StatusCode}");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        if (response.IsSuccessStatusCode)
        {
            return await JsonSerializer.DeserializeAsync(stream, TwilioJson.Default.TwilioMessage, cancel) is { Sid.Length: > 0 and <= 64 } message
                ? new SendOutcome.Accepted(message.Sid, message.Status)
                : new SendOutcome.Unknown("twilio_answer_unreadable");
        }

        var code = await CodeInAsync(stream, cancel);
        // That somebody in front of Twilio has waited too long for it says nothing of what Twilio did.
        return code is null && IsOfTheEdge(response.StatusCode)
            ? new SendOutcome.Unknown($"twilio_{(int)response.StatusCode}")
            : new SendOutcome.Refused(code ?? (int)response.StatusCode, (int)response.StatusCode);
    }

    /// <summary>Does this status tell of the way to a vendor, and not of what it was asked?</summary>
    internal static bool IsOfTheEdge(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or (HttpStatusCode)425;

    // The status has said that it was not sent; a page of HTML, from an edge in front of Twilio, only lacks the code.
    private static async Task<int?> CodeInAsync(Stream answer, CancellationToken cancel)
    {
        try
        {
            return (await JsonSerializer.DeserializeAsync(answer, TwilioJson.Default.TwilioError, cancel))?.Code;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // In seconds, or as a date: by the vendor's own clock then.
    private static TimeSpan? PauseOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } pause } => pause,
        { Date: { } until } when response.Headers.Date is { } now => until > now ? until - now : TimeSpan.Zero,
        _ => null,
    };

    // The form; it knows the instants at which its first byte is about to leave and its last one has left.
    private sealed class TextContent(IEnumerable<KeyValuePair<string, string>> fields, CallStart start, Action begins) : FormUrlEncodedContent(fields)
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            if (!await start.TryBeginAsync())
            {
                throw new LeftAloneException();
            }

            begins();
            await base.SerializeToStreamAsync(stream, context, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            start.Decide();
            Failpoint.Reach(Failpoint.RequestWritten);
        }
    }

    private sealed class LeftAloneException : Exception;
}

/// <summary>A page of the list.</summary>
public sealed record TwilioList(
    [property: JsonPropertyName("messages")] IReadOnlyList<TwilioMessage> Messages,
    [property: JsonPropertyName("next_page_uri")] string? NextPageUri);

/// <summary>A refusal.</summary>
public sealed record TwilioError([property: JsonPropertyName("code")] int? Code);

[JsonSerializable(typeof(TwilioMessage))]
[JsonSerializable(typeof(TwilioList))]
[JsonSerializable(typeof(TwilioError))]
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
internal sealed partial class TwilioJson : JsonSerializerContext;
