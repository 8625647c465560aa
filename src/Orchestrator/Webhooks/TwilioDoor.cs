using LeadOrchestrator.Orchestrator.Vendors;
using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Tenants;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>What both of Twilio's doors do first: read the form, and ask whether Twilio signed it with the token of a tenant that it may concern.</summary>
public sealed class TwilioDoor(
    VendorAccounts accounts, VendorCredentialStore credentials, DefaultTenant defaultTenant, PlatformSettings platform, WebhookRefusals refusals)
{
    /// <summary>A text that came in. It is for the tenants whose number it was sent to, or else whose account of Twilio it came through.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<SignedForm> ReadInboundAsync(HttpContext context, CancellationToken cancel) => ReadAsync(context, (form, isSigned) =>
        SignersAsync(form["To"].ToString(), form["AccountSid"].ToString(), isSigned, cancel));

    /// <summary>A text that was read from an account's list: it is for the same tenants as if it had come in, which have the key that it was read with.</summary>
    /// <param name="read">Whose list it was.</param>
    /// <param name="sentAt">When it came to Twilio.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task<SignedForm> OfMissedAsync(IReadOnlyDictionary<string, string> fields, TwilioAccount read, DateTimeOffset? sentAt, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(read);
        return new SignedForm(fields, await SignersAsync(fields["To"], read.AccountSid, read.Is, cancel), null) { MissedAt = sentAt };
    }

    /// <summary>A status callback, which must be signed with the token of its attempt's tenant. Of an unknown attempt: with any tenant's whose account it names.</summary>
    /// <param name="tenantId">The attempt's; null = the attempt is unknown.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public Task<SignedForm> ReadStatusAsync(HttpContext context, Guid? tenantId, CancellationToken cancel) => ReadAsync(context, async (form, isSigned) =>
    {
        if (tenantId is not { } owner)
        {
            return await SignersAsync(form["From"].ToString(), form["AccountSid"].ToString(), isSigned, cancel);
        }

        return await accounts.TwilioAsync(owner, cancel) is { } account && isSigned(account) ? [owner] : [];
    });

    // The signature is over the public URL that Twilio was told, never over the request's own Host, which anybody can write.
    private async Task<SignedForm> ReadAsync(HttpContext context, Func<IFormCollection, Func<TwilioAccount, bool>, Task<IReadOnlyList<Guid>>> find)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (await FormAsync(context) is not { } form)
        {
            refusals.Refused("twilio_not_a_form");
            return new SignedForm(null, [], WebhookRefusal.Answer(StatusCodes.Status400BadRequest, "The body is not a form that can be read."));
        }

        var url = new Uri(platform.PublicUrl.OriginalString.TrimEnd('/') + context.Request.Path + context.Request.QueryString);
        var signature = context.Request.Headers["X-Twilio-Signature"].ToString();
        var tenants = await find(form, account => TwilioSignature.IsValid(account.AuthToken, url, form, signature));
        if (tenants.Count == 0)
        {
            refusals.Refused("twilio_bad_signature");
            return new SignedForm(null, [], WebhookRefusal.Answer(StatusCodes.Status401Unauthorized, "The signature is missing or wrong."));
        }

        refusals.Accepted("twilio");
        Measures.WebhookAccepted("twilio", isNew: true);
        return new SignedForm(form.ToDictionary(field => field.Key, field => field.Value.ToString()), tenants, null) { DeliveryId = context.Request.Headers["I-Twilio-Idempotency-Token"].ToString() };
    }

    // Several may have entered one number; only who has the account's token signs for it. Who has the account and not the number (one out of a
    // messaging service's pool) is asked only when nobody has it.
    private async Task<IReadOnlyList<Guid>> SignersAsync(string number, string accountSid, Func<TwilioAccount, bool> isSigned, CancellationToken cancel)
    {
        var signers = new List<(Guid TenantId, bool HasNumber)>();
        foreach (var tenantId in (await credentials.TenantsOfSenderAsync(number, accountSid, cancel)).Prepend(defaultTenant.Id).Distinct())
        {
            if (await accounts.TwilioAsync(tenantId, cancel) is { } account && isSigned(account))
            {
                signers.Add((tenantId, account.PhoneNumber == number));
            }
        }

        var isNumberKnown = signers.Exists(signer => signer.HasNumber);
        return [.. signers.Where(signer => signer.HasNumber || !isNumberKnown).Select(signer => signer.TenantId)];
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
/// <param name="Tenants">Whose it is: one; several when they share a number and its account, those first whose number it is.</param>
public sealed record SignedForm(IReadOnlyDictionary<string, string>? Fields, IReadOnlyList<Guid> Tenants, IResult? Refusal)
{
    /// <summary>When it was sent, of one that nobody told us of; null = it was told.</summary>
    public DateTimeOffset? MissedAt { get; init; }

    /// <summary>Twilio's mark of one delivery, the same when it tries again; empty when it gave none.</summary>
    public string DeliveryId { get; init; } = "";

    /// <summary>The text's id. Twilio sends it by its older names, too, and a proxy of somebody's may pass on those alone.</summary>
    public string MessageSid => FirstOf("MessageSid", "SmsMessageSid", "SmsSid");

    /// <summary>How far the text has come; by either of its names.</summary>
    public string MessageStatus => FirstOf("MessageStatus", "SmsStatus");

    /// <summary>A field; empty when it did not come.</summary>
    public string this[string name] => Fields!.GetValueOrDefault(name, "");

    private string FirstOf(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (this[name] is { Length: > 0 } value)
            {
                return value;
            }
        }

        return "";
    }
}
