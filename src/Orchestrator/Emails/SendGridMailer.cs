using System.Globalization;
using System.Net;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Orchestrator.Vendors;
using SendGrid;
using SendGrid.Helpers.Mail;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>One email to hand over.</summary>
/// <param name="FromName">The shop's; an account with a name of its own writes in that one.</param>
/// <param name="Unsubscribe">Null only for mail to our own staff.</param>
/// <param name="ReplyTo">The address by which an answer finds its conversation; null = the sender's.</param>
/// <param name="AttemptId">Comes back in each of SendGrid's events about it.</param>
public sealed record OutgoingEmail(string To, string FromName, EmailWords Words, Uri? Unsubscribe, string? ReplyTo, Guid AttemptId);

/// <summary>SendGrid's mail/send through its own SDK. One call, no repeat: there is no idempotency key.</summary>
public sealed class SendGridMailer(HttpClient http, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Hands one email over. Never fails.</summary>
    /// <param name="tenantId">Whose account it is: what SendGrid's answer tells of a key is told of that tenant alone.</param>
    /// <param name="start">Decides whether it still may begin, and knows afterwards whether it has.</param>
    public async Task<SendOutcome> SendAsync(Guid tenantId, SendGridAccount account, OutgoingEmail email, CallStart start)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(email);
        ArgumentNullException.ThrowIfNull(start);
        using var deadline = new CancellationTokenSource(TwilioClient.ConnectTimeout);
        try
        {
            using var _ = GuardedCall.Use(tenantId, start, () => deadline.CancelAfter(TwilioClient.Timeout));
            var client = new SendGridClient(http, new SendGridClientOptions { ApiKey = account.ApiKey, Host = account.BaseUrl.AbsoluteUri.TrimEnd('/') });
            return Read(await client.SendEmailAsync(Message(account, email), deadline.Token));
        }
        catch (Exception exception)
        {
            return SendOutcome.Of(exception, start.HasBegun, "sendgrid");
        }
        finally
        {
            start.Decide();
        }
    }

    private static SendGridMessage Message(SendGridAccount account, OutgoingEmail email)
    {
        var fromName = account.FromName ?? email.FromName;
        var message = new SendGridMessage
        {
            From = new SendGrid.Helpers.Mail.EmailAddress(account.FromEmail, fromName),
            Subject = email.Words.Subject,
            PlainTextContent = email.Words.Plain,
            HtmlContent = email.Words.Html,
        };
        message.AddTo(new SendGrid.Helpers.Mail.EmailAddress(email.To));
        if (email.ReplyTo is { } replyTo)
        {
            message.SetReplyTo(new SendGrid.Helpers.Mail.EmailAddress(replyTo, fromName));
        }

        if (email.Unsubscribe is { } unsubscribe)
        {
            message.AddHeader("List-Unsubscribe", $"<{unsubscribe.AbsoluteUri}>");
            message.AddHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        message.AddCustomArg("attempt_id", email.AttemptId.ToString());
        // Rewritten links would lead over a foreign host, and a picture that counts openings is nobody's wish.
        message.SetClickTracking(false, false);
        message.SetOpenTracking(false);
        return message;
    }

    private SendOutcome Read(Response answer) => (int)answer.StatusCode switch
    {
        (int)HttpStatusCode.TooManyRequests => new SendOutcome.NotSent("sendgrid_429", PauseOf(answer)),
        >= 200 and < 300 => new SendOutcome.Accepted(answer.Headers.TryGetValues("X-Message-Id", out var ids) ? ids.First() : "", "accepted"),
        var status when status >= 500 || TwilioClient.IsOfTheEdge(answer.StatusCode) => new SendOutcome.Unknown($"sendgrid_{status}"),
        var refused => new SendOutcome.Refused(refused),
    };

    // SendGrid says when, in seconds since 1970, and not for how long.
    private TimeSpan? PauseOf(Response answer)
    {
        if (!answer.Headers.TryGetValues("X-RateLimit-Reset", out var values) || !long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return null;
        }

        var pause = DateTimeOffset.FromUnixTimeSeconds(seconds) - clock.GetUtcNow();
        return pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause > LongestPause ? LongestPause : pause;
    }
}
