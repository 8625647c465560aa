using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>Twilio's signature: base64(HMAC-SHA1(auth token, URL + each form field's name and value, sorted by name)).</summary>
public static partial class TwilioSignature
{
    /// <summary>Did Twilio sign this form for this URL?</summary>
    /// <param name="url">Public URL and path as Twilio was told it, never the request's own Host.</param>
    /// <param name="form">All fields that came, empty ones too. A field that came twice is not Twilio's: refused.</param>
    public static bool IsValid(string authToken, Uri url, IFormCollection form, string signature)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(form);
        if (form.Any(field => field.Value.Count > 1))
        {
            return false;
        }

        var fields = form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => field.Key + field.Value);
        var parameters = string.Concat(fields);
        return SpellingsOf(url).Aggregate(false, (isValid, spelling) => Matches(authToken, spelling + parameters, signature) | isValid);
    }

    /// <summary>The signature that Twilio would send.</summary>
    public static string Compute(string authToken, string signed)
    {
#pragma warning disable CA5350 // SHA-1 is what Twilio's scheme prescribes; as an HMAC it is not broken.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
    }

    private static bool Matches(string authToken, string signed, string signature) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Compute(authToken, signed)), Encoding.UTF8.GetBytes(signature));

    // Twilio signs the URL with its port or without, depending on the product, be it the default one or not; and as somebody wrote it there, or as we wrote it.
    private static IEnumerable<string> SpellingsOf(Uri url) => new[] { url.AbsoluteUri, url.OriginalString }
        .SelectMany(text => new[] { Port().Replace(text, "$1", 1), Port().Replace(text, $"$1:{url.Port}", 1) }).Distinct();

    [GeneratedRegex(@"^([^:/]+://[^/?#]*?)(?::\d+)?(?=[/?#]|$)")]
    private static partial Regex Port();
}
