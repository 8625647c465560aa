using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Counts refused deliveries by cause. "Many refused, none accepted" is an alarm: most likely a wrong secret, and leads are being lost.</summary>
public sealed partial class WebhookRefusals(ILogger<WebhookRefusals> logger)
{
    private const int Many = 20;
    private int _sinceAccepted;

    /// <summary>A delivery was turned away.</summary>
    public void Refused(string cause)
    {
        Measures.WebhookRefused(cause);
        RefusedDelivery(logger, cause);
        if (Interlocked.Increment(ref _sinceAccepted) % Many == 0)
        {
            ManyRefused(logger, _sinceAccepted, cause);
        }
    }

    /// <summary>A delivery was taken: the door works.</summary>
    public void Accepted() => Volatile.Write(ref _sinceAccepted, 0);

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
        CouldNotStore(logger, exception.GetType().Name, (exception as PostgresException)?.SqlState);
        context.Response.Headers.RetryAfter = "2";
        return TypedResults.Problem("The delivery could not be stored. Send it again.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    [LoggerMessage(2001, LogLevel.Warning, "Refused a webhook delivery: {Cause}")]
    private static partial void RefusedDelivery(ILogger logger, string cause);

    [LoggerMessage(2002, LogLevel.Error, "{Count} webhook deliveries refused since the last accepted one, the latest because of {Cause}: leads may be getting lost. Is SHOPMONKEY_WEBHOOK_SECRET the one that Shopmonkey signs with?")]
    private static partial void ManyRefused(ILogger logger, int count, string cause);

    [LoggerMessage(2003, LogLevel.Warning, "A webhook delivery could not be stored ({Kind} {SqlState}); answered 503")]
    private static partial void CouldNotStore(ILogger logger, string kind, string? sqlState);
}
