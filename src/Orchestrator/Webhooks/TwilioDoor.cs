using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What both of Twilio's doors do first: read the form, and ask whether Twilio signed it.</summary>
public sealed class TwilioDoor(TwilioSettings settings, PlatformSettings platform, WebhookRefusals refusals)
{
    /// <summary>The form, or the answer to give instead.</summary>
    /// <remarks>The signature is over the public URL that Twilio was told, never over the request's own Host, which anybody can write.</remarks>
    public async Task<(IFormCollection? Form, IResult? Refusal)> ReadAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Request.HasFormContentType)
        {
            refusals.Refused("twilio_not_a_form");
            return (null, TypedResults.Problem("A form is expected.", statusCode: StatusCodes.Status400BadRequest));
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var url = new Uri(platform.PublicUrl.AbsoluteUri.TrimEnd('/') + context.Request.Path + context.Request.QueryString);
        if (settings.AccountSid is null || !TwilioSignature.IsValid(settings.AuthToken, url, form, context.Request.Headers["X-Twilio-Signature"].ToString()))
        {
            refusals.Refused("twilio_bad_signature");
            return (null, TypedResults.Problem("The signature is missing or wrong.", statusCode: StatusCodes.Status401Unauthorized));
        }

        refusals.Accepted();
        return (form, null);
    }
}
