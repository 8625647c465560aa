using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Sentry;
using Sentry.Extensions.Logging;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Errors by <c>SENTRY_DSN</c>; off without it. What is logged at <c>error</c> becomes an event: its words, its fields, its stack. No request, no person.</summary>
/// <remarks>
/// Of Sentry's packages only the one for logs: the one for ASP.NET Core also collects requests, and their paths hold capability links. There are no
/// breadcrumbs either, and <see cref="Redaction"/> runs over everything that leaves.
/// </remarks>
internal static class ErrorReports
{
    public static void AddErrorReports(this WebApplicationBuilder builder, PlatformSettings settings, ServiceInstance instance)
    {
        if (settings.SentryDsn is not { } dsn)
        {
            return;
        }

        builder.Logging.AddSentry(sentry =>
        {
            sentry.Dsn = dsn;
            sentry.Release = $"lead-{instance.Service}@{Build.Version}";
            sentry.Environment = builder.Environment.EnvironmentName;
            sentry.MinimumEventLevel = LogLevel.Error;
            sentry.MinimumBreadcrumbLevel = LogLevel.None;
            sentry.MaxBreadcrumbs = 0;
            sentry.SendDefaultPii = false;
            sentry.AutoSessionTracking = false;
            sentry.IsGlobalModeEnabled = false;
            sentry.AttachStacktrace = false;
            // Our own calls to vendors: a failed one would be an event with its URL.
            sentry.DisableSentryHttpMessageHandler = true;
            sentry.CaptureFailedRequests = false;
            sentry.ShutdownTimeout = TimeSpan.FromSeconds(2);
            sentry.SetBeforeSend((sentryEvent, _) => Clean(sentryEvent, instance));
        });
    }

    /// <summary>A data source name: http or https, a key, a host, and the project at the end.</summary>
    public static bool IsDsn(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var dsn) && dsn.Scheme is "http" or "https"
        && dsn is { UserInfo.Length: > 0, Host.Length: > 0 } && dsn.AbsolutePath.Split('/')[^1].Length > 0;

    /// <summary>Strikes from an event what must not leave: the last line of defence, as for the logs.</summary>
    internal static SentryEvent Clean(SentryEvent sentryEvent, ServiceInstance instance)
    {
        if (sentryEvent.Message is { } message)
        {
            sentryEvent.Message = new SentryMessage { Formatted = Redaction.Scrub(message.Formatted ?? message.Message ?? ""), Message = Scrub(message.Message) };
        }

        foreach (var exception in sentryEvent.SentryExceptions ?? [])
        {
            exception.Value = Scrub(exception.Value);
            // What was noted in the exception's Data: nobody knows what it is.
            exception.Mechanism?.Data.Clear();
        }

        foreach (var (name, value) in sentryEvent.Tags.ToList())
        {
            sentryEvent.SetTag(name, Redaction.Scrub(value));
        }

        foreach (var (name, value) in sentryEvent.Extra.ToList())
        {
            sentryEvent.SetExtra(name, Redaction.Scrub(value?.ToString() ?? ""));
        }

        sentryEvent.Request = new SentryRequest();
        sentryEvent.User = new SentryUser();
        sentryEvent.ServerName = null;
        sentryEvent.SetTag("instance", instance.Id.ToString());
        return sentryEvent;
    }

    private static string? Scrub(string? text) => text is null ? null : Redaction.Scrub(text);
}
