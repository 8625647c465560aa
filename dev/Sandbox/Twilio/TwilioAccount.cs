namespace LeadOrchestrator.Sandbox.Twilio;

/// <summary>An account at Twilio: what signs its webhooks, and its number.</summary>
/// <param name="PhoneNumber">E.164: the only <c>From</c> that it may use; a text to it is this account's.</param>
public sealed record TwilioAccount(string Sid, string AuthToken, string PhoneNumber)
{
    /// <summary>The demo's second franchise.</summary>
    public static TwilioAccount BrightDetail { get; } = new("AC00000000000000000000000000000002", "sandbox-twilio-token-2", "+17185550141");
}
