using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What both of Twilio's doors do first: read the form, and ask whether Twilio signed it.</summary>
public sealed class TwilioDoor(TwilioSettings settings, PlatformSettings platform, WebhookRefusals refusals)
{
    /// <summary>The form's fields, or the answer to give instead.</summary>
    /// <remarks>The signature is over the public URL that Twilio was told, never over the request's own Host, which anybody can write.</remarks>
    public async Task<SignedForm> ReadAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await FormAsync(context) is not { } form)
        {
            refusals.Refused("twilio_not_a_form");
            return new SignedForm(null, WebhookRefusal.Answer(StatusCodes.Status400BadRequest, "The body is not a form that can be read."));
        }

        var url = new Uri(platform.PublicUrl.AbsoluteUri.TrimEnd('/') + context.Request.Path + context.Request.QueryString);
        if (settings.AccountSid is null || !TwilioSignature.IsValid(settings.AuthToken, url, form, context.Request.Headers["X-Twilio-Signature"].ToString()))
        {
            refusals.Refused("twilio_bad_signature");
            return new SignedForm(null, WebhookRefusal.Answer(StatusCodes.Status401Unauthorized, "The signature is missing or wrong."));
        }

        refusals.Accepted("twilio");
        Measures.WebhookAccepted("twilio", isNew: true);
        return new SignedForm(form.ToDictionary(field => field.Key, field => field.Value.ToString()), null);
    }

    // Too many fields, a boundary that is none, half a body, a NUL: what a stranger can send before any signature is looked at.
    private static async Task<IFormCollection?> FormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return null;
        }

        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>A form that Twilio signed, or the answer to give instead.</summary>
public sealed record SignedForm(IReadOnlyDictionary<string, string>? Fields, IResult? Refusal)
{
    /// <summary>A field; empty when it did not come.</summary>
    public string this[string name] => Fields!.GetValueOrDefault(name, "");
}
