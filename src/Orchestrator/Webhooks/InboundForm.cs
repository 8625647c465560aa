using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>The form in which SendGrid hands an email on. Its fields are bytes, each in a character set of its own; attachments are passed over, whatever their size.</summary>
internal static class InboundForm
{
    // What mail servers take in, attachments included, and then some.
    private const long MostBytes = 40L * 1024 * 1024;

    // Far more than anybody writes; what is longer is cut off.
    private const int MostBytesOfAField = 256 * 1024;
    private const int MostSections = 200;
    private static readonly HashSet<string> Wanted = ["headers", "to", "cc", "from", "subject", "text", "html", "envelope", "charsets", "attachments"];

    /// <summary>Reads it; null when it is no form that can be read.</summary>
    public static async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || type.MediaType != "multipart/form-data"
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
        {
            return null;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostBytes;
        }

        try
        {
            return await ReadAsync(new MultipartReader(boundary, context.Request.Body), cancel);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException && !context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(MultipartReader reader, CancellationToken cancel)
    {
        var fields = new Dictionary<string, byte[]>();
        for (var count = 0; await reader.ReadNextSectionAsync(cancel) is { } section; count++)
        {
            if (count == MostSections)
            {
                return null;
            }

            if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFormDisposition()
                && HeaderUtilities.RemoveQuotes(disposition.Name).Value is { } name && Wanted.Contains(name) && !fields.ContainsKey(name))
            {
                fields[name] = await ReadFieldAsync(section.Body, cancel);
            }
        }

        return fields;
    }

    private static async Task<byte[]> ReadFieldAsync(Stream body, CancellationToken cancel)
    {
        using var field = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (field.Length < MostBytesOfAField && await body.ReadAsync(chunk, cancel) is > 0 and var read)
        {
            field.Write(chunk, 0, read);
        }

        return field.ToArray();
    }
}
