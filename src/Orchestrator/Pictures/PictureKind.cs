namespace LeadOrchestrator.Orchestrator.Pictures;

/// <summary>Tells pictures by their first bytes: what the sender says of them is no proof. Pure.</summary>
public static class PictureKind
{
    private const int WebpMark = 8;

    /// <summary>The media type of a JPEG, PNG, GIF or WebP; null for anything else.</summary>
    public static string? Of(ReadOnlySpan<byte> content) => content switch
    {
        _ when content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => "image/jpeg",
        _ when content.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) => "image/png",
        _ when content.StartsWith("GIF87a"u8) || content.StartsWith("GIF89a"u8) => "image/gif",
        _ when content.Length > WebpMark && content.StartsWith("RIFF"u8) && content[WebpMark..].StartsWith("WEBP"u8) => "image/webp",
        _ => null,
    };
}
