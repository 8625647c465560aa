using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Sandbox;

/// <summary>How the secret of a webhook becomes key bytes; vendors' customers have been seen to use each.</summary>
public enum WebhookKeyForm
{
    /// <summary>The part after <c>whsec_</c>, base64-decoded: the rule of Standard Webhooks.</summary>
    Base64,

    /// <summary>The part after <c>whsec_</c> as UTF-8.</summary>
    Raw,

    /// <summary>The whole secret as UTF-8.</summary>
    RawWithPrefix,
}

/// <summary>The <c>webhook-signature</c> of Standard Webhooks.</summary>
public static class StandardWebhookSignature
{
    private const string Prefix = "whsec_";

    /// <returns><c>v1,</c> and the base64 HMAC-SHA256 of <c>{id}.{timestamp}.{body}</c>.</returns>
    public static string Sign(
        string secret, string id, long timestamp, ReadOnlySpan<byte> body, WebhookKeyForm form = WebhookKeyForm.Base64)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(secret, form));
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }

    private static byte[] KeyOf(string secret, WebhookKeyForm form)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var bare = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        return form switch
        {
            WebhookKeyForm.Base64 => FromBase64(bare),
            WebhookKeyForm.Raw => Encoding.UTF8.GetBytes(bare),
            _ => Encoding.UTF8.GetBytes(secret),
        };
    }

    // A secret that is no base64 can only have been meant literally.
    private static byte[] FromBase64(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(text);
    }
}

/// <summary>Twilio's <c>X-Twilio-Signature</c> over a form post.</summary>
public static class TwilioSignature
{
    /// <param name="url">The address exactly as Twilio was told it, query included.</param>
    /// <returns>base64 HMAC-SHA1 of the address followed by each key and value, keys in ordinal order.</returns>
    public static string Sign(string authToken, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        ArgumentNullException.ThrowIfNull(authToken);
        var text = new StringBuilder(url);
        foreach (var (key, value) in form.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            text.Append(key).Append(value);
        }

#pragma warning disable CA5350 // The vendor's scheme is HMAC-SHA1; there is no other to choose.
        return Convert.ToBase64String(HMACSHA1.HashData(
            Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(text.ToString())));
#pragma warning restore CA5350
    }
}
