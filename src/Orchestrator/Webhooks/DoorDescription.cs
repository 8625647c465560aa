using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What the vendors' doors take and answer, for OpenAPI: they read their bodies by themselves, so that the types say nothing of it.</summary>
internal static class DoorDescription
{
    private static readonly (string Code, string Description)[] Answers =
    [
        ("400", "It cannot be read."), ("401", "The signature is missing, wrong or stale."), ("413", "The body is too large."), ("503", "It could not be stored: send it again after Retry-After."),
    ];

    /// <summary>Adds it to a document, whose head it writes as well.</summary>
    public static void Describe(OpenApiOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.RelativePath is { } path && path.StartsWith("webhooks/", StringComparison.Ordinal))
            {
                operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType> { [BodyOf(path)] = new() } };
                operation.Responses ??= [];
                foreach (var (code, description) in Answers)
                {
                    operation.Responses.TryAdd(code, new OpenApiResponse { Description = description });
                }
            }

            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Orchestrator";
            document.Info.Description = "Leads, what they are sent and why, shops, bookings, franchises and their accounts: for staff and systems. Vendors' doors are under /webhooks.";
            return Task.CompletedTask;
        });
    }

    private static string BodyOf(string path) => path switch
    {
        _ when path.StartsWith("webhooks/twilio", StringComparison.Ordinal) => "application/x-www-form-urlencoded",
        _ when path.StartsWith("webhooks/sendgrid/inbound", StringComparison.Ordinal) => "multipart/form-data",
        _ => "application/json",
    };
}
