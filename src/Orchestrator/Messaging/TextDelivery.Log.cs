using Microsoft.Extensions.Logging;

namespace LeadOrchestrator.Orchestrator.Messaging;

/// <summary>What it says while it takes texts to the vendor. Ids and machine words alone.</summary>
public sealed partial class TextDelivery
{
    [LoggerMessage(3102, LogLevel.Information, "Touch point {TouchPointId} of tenant {TenantId} does not go out: {Status}, {Reason}")]
    private static partial void Held(ILogger logger, Guid touchPointId, Guid tenantId, string status, string reason);

    [LoggerMessage(3103, LogLevel.Information, "Touch point {TouchPointId} of tenant {TenantId} waits until {Until}: {Reason}")]
    private static partial void Waits(ILogger logger, Guid touchPointId, Guid tenantId, DateTimeOffset until, string reason);

    [LoggerMessage(3107, LogLevel.Warning, "{Count} touch points could not be handed over together; now one by one")]
    private static partial void GroupFailed(ILogger logger, Exception exception, int count);

    [LoggerMessage(3112, LogLevel.Warning, "{Count} touch points wait for the database, claimed and not handed over")]
    private static partial void GroupWaits(ILogger logger, Exception exception, int count);

    [LoggerMessage(3111, LogLevel.Warning, "The connection that held the contacts' locks was lost ({Kind})")]
    private static partial void LocksWereLost(ILogger logger, string kind);

    [LoggerMessage(3004, LogLevel.Error, "Touch point {TouchPointId} of tenant {TenantId} could not be worked on; it is taken up again when its lease ends")]
    private static partial void LeftToItsLease(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);

    [LoggerMessage(3108, LogLevel.Error, "The gate cannot decide on touch point {TouchPointId} of tenant {TenantId}; a person must")]
    private static partial void Undecided(ILogger logger, Exception exception, Guid touchPointId, Guid tenantId);
}
