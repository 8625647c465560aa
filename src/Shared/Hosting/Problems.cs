using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
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
            Say(context.ProblemDetails, context.HttpContext);
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

    // The framework names a wrong field by its C# name, and of an optional parameter that it cannot read it says nothing at all.
    private static void Say(ProblemDetails problem, HttpContext context)
    {
        if (problem is HttpValidationProblemDetails invalid)
        {
            invalid.Errors = invalid.Errors.GroupBy(error => string.Join('.', error.Key.Split('.').Select(JsonNames.OfProperty)))
                .ToDictionary(field => field.Key, field => field.SelectMany(error => error.Value.Select(sentence => InJson(sentence, error.Key))).ToArray());
            return;
        }

        problem.Detail ??= problem.Status switch
        {
            StatusCodes.Status400BadRequest => $"{Parameters(context)} cannot be read: ids are UUIDs, limit is a whole number, times look like 2026-11-23T16:00:00Z (a + is written %2B), days like 2026-11-23.",
            StatusCodes.Status415UnsupportedMediaType => "Send JSON, and say so: Content-Type: application/json.",
            StatusCodes.Status405MethodNotAllowed => "This address has other methods: /openapi/v1.json names them.",
            _ => null,
        };
    }

    private static string InJson(string sentence, string key) =>
        key[(key.LastIndexOf('.') + 1)..] is { Length: > 0 } name ? sentence.Replace($"The {name} field", $"The {JsonNames.OfProperty(name)} field", StringComparison.Ordinal) : sentence;

    // Those alone that the route takes: what else stands in an address is nobody's business.
    private static string Parameters(HttpContext context)
    {
        var taken = context.GetEndpoint()?.Metadata.GetOrderedMetadata<IParameterBindingMetadata>().Select(parameter => parameter.Name).Where(context.Request.Query.ContainsKey).Distinct().ToList();
        return taken is { Count: > 0 } ? $"One of {string.Join(", ", taken)}" : "A parameter";
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
        InvalidOperationException { InnerException: ArgumentException or NotSupportedException, Source: "Microsoft.AspNetCore.Http.Extensions" } =>
            (StatusCodes.Status415UnsupportedMediaType, "The charset is not known.", "Send JSON as UTF-8: Content-Type: application/json."),
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } =>
            (StatusCodes.Status408RequestTimeout, "The request took too long.", "Its body did not come in time. Send it again."),
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

    /// <summary>A property's name as JSON has it, with its index: <c>Bays[0]</c> is <c>bays[0]</c>. What is no property's name stays.</summary>
    public static string OfProperty(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains('-', StringComparison.Ordinal) ? name : JsonNamingPolicy.CamelCase.ConvertName(name);
    }

    private sealed class UtcConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            // Without an offset it is UTC, as in a query, and not the time on the wall of whichever machine reads it.
            reader.GetDateTime() is { Kind: DateTimeKind.Unspecified } bare ? new DateTimeOffset(bare, TimeSpan.Zero) : reader.GetDateTimeOffset();

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
