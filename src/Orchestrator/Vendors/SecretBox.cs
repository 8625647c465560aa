using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Vendors;

/// <summary>Seals a text with AES-256-GCM so that the database holds nothing that can be read, and opens it again. See docs/decisions/0009.</summary>
/// <remarks>
/// A sealed text is <c>v1.{key id}.{base64url of nonce, tag and ciphertext}</c>. It is bound to its tenant and place: moved to another tenant or another kind of
/// row it does not open, whoever can write to the database.
/// </remarks>
public sealed class SecretBox
{
    private const string Version = "v1";
    private const int KeyIdBytes = 6;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    private readonly IReadOnlyList<(string Id, byte[] Key)> _keys;

    /// <param name="settings">Its first key seals; both open.</param>
    public SecretBox(PlatformSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _keys = [.. settings.DataKeys.Select(key => (Convert.ToHexStringLower(SHA256.HashData(key).AsSpan(0, KeyIdBytes)), key))];
    }

    /// <summary>The id of the key that seals; null = there is none, and nothing can be sealed.</summary>
    public string? CurrentKeyId => _keys is [var current, ..] ? current.Id : null;

    /// <summary>Seals a text.</summary>
    /// <param name="place">Table, column and kind of row, such as <c>vendor_credentials|secret|twilio</c>.</param>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string Seal(Guid tenantId, string place, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (id, key) = _keys is [var current, ..] ? current : throw new InvalidOperationException("DATA_ENCRYPTION_KEY is not set");
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceBytes + TagBytes + plain.Length];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceBytes + TagBytes), box.AsSpan(NonceBytes, TagBytes), BoundTo(tenantId, place));
        return $"{Version}.{id}.{Base64Url.EncodeToString(box)}";
    }

    /// <summary>Opens a sealed text; null when it is not one, was sealed with a key that is not here, was changed, or belongs elsewhere.</summary>
    public string? Open(Guid tenantId, string place, string sealedText)
    {
        ArgumentNullException.ThrowIfNull(sealedText);
        if (sealedText.Split('.') is not [Version, var id, var text] || !Base64Url.IsValid(text))
        {
            return null;
        }

        var box = Base64Url.DecodeFromChars(text);
        return box.Length < NonceBytes + TagBytes
            ? null
            : _keys.Where(key => key.Id == id).Select(key => Open(key.Key, box, BoundTo(tenantId, place))).FirstOrDefault(opened => opened is not null);
    }

    private static string? Open(byte[] key, ReadOnlySpan<byte> box, byte[] boundTo)
    {
        var plain = new byte[box.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(box[..NonceBytes], box[(NonceBytes + TagBytes)..], box.Slice(NonceBytes, TagBytes), plain, boundTo);
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] BoundTo(Guid tenantId, string place) => Encoding.UTF8.GetBytes($"{tenantId}|{place}");
}
