using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Counts refused deliveries by cause. "Many refused, none accepted" is an alarm: most likely a wrong secret, and leads are being lost.</summary>
public sealed partial class WebhookRefusals(Conditions conditions, ILogger<WebhookRefusals> logger)
{
    private const int Many = 20;
    private const string Shopmonkey = "shopmonkey";
    private const string Twilio = "twilio";
    private const string SendGrid = "sendgrid";
    private int _fromShopmonkey;
    private int _fromTwilio;
    private int _fromSendGrid;
    private int _notStored;

    /// <summary>A delivery was turned away. Twilio's and SendGrid's causes begin with their names.</summary>
    public void Refused(string cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        Measures.WebhookRefused(cause);
        RefusedDelivery(logger, cause);
        var vendor = cause.StartsWith(Twilio, StringComparison.Ordinal) ? Twilio : cause.StartsWith(SendGrid, StringComparison.Ordinal) ? SendGrid : Shopmonkey;
        if (Interlocked.Increment(ref SinceAccepted(vendor)) is var count && count % Many == 0)
        {
            var fix = vendor switch
            {
                Twilio => "Is TWILIO_AUTH_TOKEN the account's primary token, and PUBLIC_URL the address that Twilio calls?",
                SendGrid => "Is SENDGRID_WEBHOOK_PUBLIC_KEY the verification key of SendGrid's event webhook, and this machine's clock right?",
                _ => "Is SHOPMONKEY_WEBHOOK_SECRET the one that Shopmonkey signs with, and this machine's clock right?",
            };
            ManyRefused(logger, count, vendor, cause, fix);
            conditions.Failed($"{vendor}_deliveries", "refused", $"Many are refused and none is taken, the latest because of {cause}: what they say is getting lost. {fix}");
        }
    }

    /// <summary>A delivery of this vendor was taken: its door works.</summary>
    public void Accepted(string vendor = Shopmonkey)
    {
        ref var since = ref SinceAccepted(vendor);
        if (Volatile.Read(ref since) != 0 && Interlocked.Exchange(ref since, 0) >= Many)
        {
            conditions.Succeeded($"{vendor}_deliveries");
        }
    }

    private ref int SinceAccepted(string vendor)
    {
        switch (vendor)
        {
            case Twilio: return ref _fromTwilio;
            case SendGrid: return ref _fromSendGrid;
            default: return ref _fromShopmonkey;
        }
    }

    /// <summary>Is the database away, or silent past the door's own deadline? A sender who has left is neither.</summary>
    public static bool IsNotStored(Exception exception, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return exception is NpgsqlException or TimeoutException or WrongRoleException
            || (exception is OperationCanceledException && !context.RequestAborted.IsCancellationRequested);
    }

    /// <summary>A delivery was fine and could not be stored: 503, and never 500, after which some senders do not repeat.</summary>
    public ProblemHttpResult NotStored(Exception exception, HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(context);
        Measures.WebhookNotStored();
        Volatile.Write(ref _notStored, 1);
        CouldNotStore(logger, exception.GetType().Name, (exception as PostgresException)?.SqlState);
        context.Response.Headers.RetryAfter = "2";
        return TypedResults.Problem("The delivery could not be stored. Send it again.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Has a delivery not been stored since the last call? Twilio does not repeat its own.</summary>
    public bool TakeNotStored() => Interlocked.Exchange(ref _notStored, 0) != 0;

    [LoggerMessage(2001, LogLevel.Warning, "Refused a webhook delivery: {Cause}")]
    private static partial void RefusedDelivery(ILogger logger, string cause);

    [LoggerMessage(2002, LogLevel.Error, "{Count} deliveries of {Vendor} refused since the last accepted one, the latest because of {Cause}: leads may be getting lost. {Fix}")]
    private static partial void ManyRefused(ILogger logger, int count, string vendor, string cause, string fix);

    [LoggerMessage(2003, LogLevel.Warning, "A webhook delivery could not be stored ({Kind} {SqlState}); answered 503")]
    private static partial void CouldNotStore(ILogger logger, string kind, string? sqlState);
}
