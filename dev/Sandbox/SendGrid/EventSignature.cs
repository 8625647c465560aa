using System.Security.Cryptography;
using System.Text;

namespace LeadOrchestrator.Sandbox.SendGrid;

/// <summary>SendGrid's signature of event batches: ECDSA P-256 over SHA-256 of timestamp and raw body.</summary>
public sealed class EventSignature : IDisposable
{
    private readonly ECDsa _key;

    // Made from the API key, so that every start has the same one and none lies in the sources.
    internal EventSignature(string apiKey) => _key = ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        D = SHA256.HashData(Encoding.UTF8.GetBytes(apiKey)),
    });

    /// <summary>Base64 SubjectPublicKeyInfo, the value of <c>SENDGRID_WEBHOOK_PUBLIC_KEY</c>.</summary>
    public string PublicKey => Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo());

    /// <summary>The header <c>X-Twilio-Email-Event-Webhook-Signature</c>: base64 of the DER form.</summary>
    /// <param name="timestamp">The text of <c>X-Twilio-Email-Event-Webhook-Timestamp</c>.</param>
    public string Sign(string timestamp, ReadOnlySpan<byte> body) => Convert.ToBase64String(
        _key.SignData([.. Encoding.UTF8.GetBytes(timestamp), .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public void Dispose() => _key.Dispose();
}
