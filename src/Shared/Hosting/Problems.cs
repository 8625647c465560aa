using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Errors as RFC 9457 problem details: what is wrong, where, and how to mend it.</summary>
internal static class ProblemRegistration
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Instance = Redaction.Path(context.HttpContext.Request.Path);
            context.ProblemDetails.Extensions.Remove("traceId");
            if (System.Diagnostics.Activity.Current is { } activity)
            {
                context.ProblemDetails.Extensions["traceId"] = activity.TraceId.ToHexString();
            }
        });
        services.AddValidation();
        // Otherwise a body that cannot be read is answered 400 without a word about why.
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ProblemExceptionHandler>();
    }
}

/// <summary>Turns what was thrown into the status that the caller can act on, and logs it once.</summary>
internal sealed partial class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            return true; // Nobody is there to read an answer.
        }

        var (status, title, detail) = Describe(exception);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "2";
            DatabaseIsAway(logger, httpContext.Request.Method, Route(httpContext), exception.GetType().Name, (exception as NpgsqlException)?.SqlState);
        }
        else if (status >= 500)
        {
            Failed(logger, exception, httpContext.Request.Method, Route(httpContext));
        }

        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = status, Title = title, Detail = detail },
        });
    }

    private static readonly (int Status, string Title, string Detail) Ours =
        (StatusCodes.Status500InternalServerError, "Something failed on our side.", "The failure is in the log under this traceId.");

    private static (int Status, string Title, string Detail) Describe(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, "The request is too large.", $"At most {ServiceHost.MaxRequestBytes} bytes are taken."),
        BadHttpRequestException bad => (bad.StatusCode, "The request could not be read.", Where(bad)),
        // A constraint said no although the code thought yes: a state that changed in between.
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ExclusionViolation } =>
            (StatusCodes.Status409Conflict, "This conflicts with what is stored.", "Read the resource again and repeat the request."),
        // A value that no column takes (a NUL in a text, a number out of range) is the caller's: trying again would not help.
        PostgresException { SqlState: ['2', '2', ..] or PostgresErrorCodes.ProgramLimitExceeded } =>
            (StatusCodes.Status400BadRequest, "The request holds a value that cannot be used.", "Look for control characters and numbers out of range."),
        // What else the server refuses is our mistake (a foreign key, a check, a right), unless it is short of something, shuts down or asks for the transaction once more.
        PostgresException { SqlState: not (['0', '8', ..] or ['4', '0', ..] or ['5', '3' or '5' or '7' or '8', ..]) } => Ours,
        NpgsqlException or TimeoutException or WrongRoleException =>
            (StatusCodes.Status503ServiceUnavailable, "The database cannot be reached.", "Nothing was changed. Try again in a few seconds."),
        _ => Ours,
    };

    // The place in the body (a JSON path), not its text: that may be a customer's message.
    private static string Where(BadHttpRequestException exception) => exception.InnerException is JsonException { Path: { Length: > 0 } path }
        ? $"The body is not what this route takes; look at {path}. Its shape is in /openapi/v1.json."
        : "The body, a parameter or a header is not what this route takes. Its shape is in /openapi/v1.json.";

    // The route's pattern: a path may hold a capability link.
    private static string Route(HttpContext context) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "unknown route";

    [LoggerMessage(1010, LogLevel.Error, "{Method} {Route} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string method, string route);

    [LoggerMessage(1011, LogLevel.Warning, "{Method} {Route} could not reach the database ({Kind} {SqlState}); answered 503")]
    private static partial void DatabaseIsAway(ILogger logger, string method, string route, string kind, string? sqlState);
}

/// <summary>How JSON looks in every answer: camelCase, enums as words, times with Z, nulls left out never (a client sees all fields).</summary>
public static class JsonNames
{
    /// <summary>Sets the options of a serializer.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.Converters.Add(new UtcConverter());
        options.NumberHandling = JsonNumberHandling.Strict;
    }

    private sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            // The round-trip form of a UTC time is 2026-01-31T12:34:56.7891234Z; of its fraction three digits stay, as a browser reads them.
            Span<byte> text = stackalloc byte[28];
            System.Buffers.Text.Utf8Formatter.TryFormat(value.UtcDateTime, text, out _, 'O');
            text[23] = (byte)'Z';
            writer.WriteStringValue(text[..24]);
        }
    }
}
