using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>The raw bytes of a delivery, over which its signature is made.</summary>
internal static class WebhookBody
{
    // What is larger than this is cut off, whatever its sender thinks of it.
    private const long MostTakenIn = 16 * ServiceHost.MaxRequestBytes;

    /// <summary>Reads at most 1 MiB; null = it is larger.</summary>
    /// <remarks>The server may take in more than we want, so that a sender can finish and read its 413 instead of a broken connection.</remarks>
    public static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostTakenIn;
        }

        if (context.Request.ContentLength is { } length)
        {
            if (length > ServiceHost.MaxRequestBytes)
            {
                return null;
            }

            var exact = new byte[length];
            await context.Request.Body.ReadExactlyAsync(exact, context.RequestAborted);
            return exact;
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await context.Request.Body.ReadAsync(chunk, context.RequestAborted) is > 0 and var read)
        {
            if (buffer.Length + read > ServiceHost.MaxRequestBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }
}
