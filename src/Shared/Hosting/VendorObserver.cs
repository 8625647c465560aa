using System.Diagnostics;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.Extensions.Http;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>Puts a <see cref="VendorObserver"/> into every vendor's HTTP client, so that no client has to think of it.</summary>
internal sealed class VendorObservation(TenantConditions conditions, DefaultTenant defaultTenant) : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        builder.AdditionalHandlers.Add(new VendorObserver(builder.Name ?? "", conditions, defaultTenant));
    };
}

/// <summary>In whose name a vendor is asked: what its answer tells of a key is told of that tenant alone.</summary>
public static class VendorRequest
{
    private static readonly HttpRequestOptionsKey<Guid> Tenant = new("tenant");

    /// <summary>Says whose request it is; unsaid, it is the default tenant's.</summary>
    public static void ActFor(this HttpRequestMessage request, Guid tenantId)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Options.Set(Tenant, tenantId);
    }

    internal static Guid? TenantId(this HttpRequestMessage request) => request.Options.TryGetValue(Tenant, out var tenantId) ? tenantId : null;
}

/// <summary>Times each request to a vendor and learns from its answer how the vendor is: key refused, model gone, down. It changes nothing and reads no body.</summary>
/// <param name="client">The name of the HTTP client, such as <c>TwilioClient</c>.</param>
internal sealed class VendorObserver(string client, TenantConditions conditions, DefaultTenant defaultTenant) : DelegatingHandler
{
    // One lost connection is weather, three in a row are an outage.
    private const int Weather = 2;

    /// <summary>What to do about a refused key, by vendor.</summary>
    private static readonly Dictionary<string, string> KeyFix = new()
    {
        ["twilio"] = "Twilio refuses our credentials. Put the account's current token into TWILIO_AUTH_TOKEN (Twilio console: Account, API keys & tokens) and restart the Orchestrators, or store it by PUT /api/vendor-credentials/twilio. Texts wait as needs_review.",
        ["shopmonkey"] = "Shopmonkey refuses our key. Make a new one (Settings, Integration, API Keys), put it into SHOPMONKEY_API_KEY and restart the Orchestrators, or store it by PUT /api/vendor-credentials/shopmonkey. Events wait in the inbox for a day.",
        ["sendgrid"] = "SendGrid refuses our key or our sender. Put a valid key into SENDGRID_API_KEY (SendGrid: Settings, API Keys), verify the sender of SENDGRID_FROM_EMAIL there, and restart the Orchestrators, or store them by PUT /api/vendor-credentials/sendgrid. Emails wait as needs_review.",
        ["claude"] = "Anthropic refuses our key. Put a valid one into ANTHROPIC_API_KEY and restart the Chat APIs. The other provider answers meanwhile, if it has a key.",
        ["openai"] = "OpenAI refuses our key. Put a valid one into OPENAI_API_KEY and restart the Chat APIs. The other provider answers meanwhile, if it has a key.",
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (VendorOf(request.RequestUri) is not { } vendor)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var begun = Stopwatch.GetTimestamp();
        var tenantId = request.TenantId() ?? defaultTenant.Id;
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            Learn(vendor, tenantId, Judge(vendor, response), begun);
            return response;
        }
        catch (OperationCanceledException)
        {
            Learn(vendor, tenantId, "timeout", begun);
            throw;
        }
        catch (HttpRequestException)
        {
            Learn(vendor, tenantId, "unreachable", begun);
            throw;
        }
    }

    // Two vendors share the client of the models, and tell themselves apart by their paths.
    private string? VendorOf(Uri? url) => client switch
    {
        "TwilioClient" => "twilio",
        "SendGridMailer" => "sendgrid",
        "ShopmonkeyClient" => "shopmonkey",
        "ai" => url?.AbsolutePath.EndsWith("/messages", StringComparison.Ordinal) == true ? "claude" : "openai",
        _ => null,
    };

    private static string Judge(string vendor, HttpResponseMessage response) => (int)response.StatusCode switch
    {
        < 400 => "ok",
        // An edge in front of Shopmonkey answers 403 with a page: weather, not a refusal.
        403 when response.Content.Headers.ContentType?.MediaType == "text/html" => "outage",
        401 or 403 => "denied",
        404 when IsModel(vendor) => "model_retired",
        429 => "throttled",
        408 or >= 500 => "outage",
        _ => "refused",
    };

    private void Learn(string vendor, Guid tenantId, string outcome, long begun)
    {
        Measures.VendorRequest(vendor, outcome, Stopwatch.GetElapsedTime(begun));
        switch (outcome)
        {
            case "denied":
                conditions.Failed(vendor, tenantId, outcome, KeyFix[vendor]);
                break;
            case "model_retired":
                conditions.Failed(vendor, tenantId, outcome, $"The vendor does not know the model any more. Choose another ({(vendor == "claude" ? "CLAUDE_MODEL" : "OPENAI_MODEL")}; docs/OPERATIONS.md lists them) and restart the Chat APIs. The other provider answers meanwhile, if it has a key.");
                break;
            case "throttled":
                conditions.Failed(vendor, tenantId, outcome, "The vendor says 429: too many requests, or no credit left. Look at its console for limits and billing.", Weather);
                break;
            // A refused number or an unknown row says nothing about the vendor; a refused prompt is always wrong.
            case "refused" when IsModel(vendor):
                conditions.Failed(vendor, tenantId, outcome, "The vendor calls our requests wrong: most likely its API has changed, or the account has no credit. Look for event 5030 in the log of the Chat API.", Weather);
                break;
            case "ok" or "refused":
                conditions.Succeeded(vendor, tenantId);
                break;
            default:
                conditions.Failed(vendor, tenantId, outcome, "The vendor cannot be reached or fails. Look at its status page and at this machine's network; nothing is lost, work goes on by itself.", Weather);
                break;
        }
    }

    private static bool IsModel(string vendor) => vendor is "claude" or "openai";
}
