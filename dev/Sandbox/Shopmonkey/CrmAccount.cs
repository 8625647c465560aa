namespace LeadOrchestrator.Sandbox.Shopmonkey;

/// <summary>A company at the CRM. Its key opens its own rows and no others, and has a budget of its own.</summary>
/// <param name="WebhookSecret">Signs what is sent to its registrations that name no secret; <c>whsec_</c> and base64.</param>
public sealed record CrmAccount(string CompanyId, string ApiKey, string WebhookSecret)
{
    /// <summary>The demo's second franchise: one shop in Brooklyn.</summary>
    public static CrmAccount BrightDetail { get; } =
        new("6287a4154d1a72cc5ce091cc", "sandbox-shopmonkey-key-2", "whsec_YnJpZ2h0LWRldGFpbCB3ZWJob29rIHNlY3JldCAzMmI=");
}
