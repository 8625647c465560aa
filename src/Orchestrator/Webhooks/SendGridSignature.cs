using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>SendGrid's signature of one delivery: ECDSA on P-256 with SHA-256 over its timestamp and raw body, in base64 of the DER form.</summary>
/// <remarks>
/// A delivery that is old is taken all the same: whether one that is repeated for hours is signed anew is not known, and what comes twice is told by its events' ids, for good.
/// One from the future is not.
/// </remarks>
public sealed class SendGridSignature
{
    /// <summary>Clocks differ by less than this.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    // As long as DER can make two numbers of 256 bits, and then some.
    private const int LongestSignature = 128;
    private const int LongestTimestamp = 20;

    private readonly byte[]? _signature;
    private readonly byte[] _signed;
    private readonly Dictionary<string, bool> _known = [];

    /// <param name="now">Business time.</param>
    public SendGridSignature(string timestamp, string signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentNullException.ThrowIfNull(signature);
        _signed = [.. Encoding.UTF8.GetBytes(timestamp), .. body];
        var bytes = new byte[LongestSignature];
        if (timestamp.Length <= LongestTimestamp && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= (now + Tolerance).ToUnixTimeSeconds() && Convert.TryFromBase64String(signature, bytes, out var length))
        {
            _signature = bytes[..length];
        }
    }

    /// <summary>As it stands in a delivery's headers.</summary>
    public static SendGridSignature Of(IHeaderDictionary headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return new(headers["X-Twilio-Email-Event-Webhook-Timestamp"].ToString(), headers["X-Twilio-Email-Event-Webhook-Signature"].ToString(), body, now);
    }

    /// <summary>Was it made with the private half of this key?</summary>
    /// <param name="publicKey">Base64 of its SubjectPublicKeyInfo, as SendGrid shows it; null and anything else is nobody's.</param>
    public bool IsBy(string? publicKey)
    {
        if (_signature is null || publicKey is null)
        {
            return false;
        }

        if (!_known.TryGetValue(publicKey, out var isBy))
        {
            using var key = KeyOf(publicKey);
            isBy = key?.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence) == true;
            _known[publicKey] = isBy;
        }

        return isBy;
    }

    /// <summary>Is this a key that could have signed?</summary>
    public static bool IsKey(string text)
    {
        using var key = KeyOf(text);
        return key is not null;
    }

    private static ECDsa? KeyOf(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
        {
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(bytes.AsSpan(0, length), out _);
            return key;
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return null;
        }
    }
}
