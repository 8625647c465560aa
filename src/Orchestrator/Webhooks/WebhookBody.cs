using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LeadOrchestrator.Orchestrator.Webhooks;

/// <summary>The raw bytes of a delivery, over which its signature is made.</summary>
public static class WebhookBody
{
    // What is larger than this is cut off, whatever its sender thinks of it.
    private const long MostTakenIn = 16 * ServiceHost.MaxRequestBytes;

    // A sender says how long its body is before any of it has come, and is not believed further than this.
    private const int First = 16 * 1024;

    /// <summary>How long a body may be on its way.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Reads at most 1 MiB; null = it is larger.</summary>
    /// <remarks>The server may take in more than we want, so that a sender can finish and read its 413 instead of a broken connection.</remarks>
    /// <param name="cancel">Ends at the deadline.</param>
    /// <exception cref="BadHttpRequestException">It did not come in time: 408.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContext context, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostTakenIn;
        }

        try
        {
            return context.Request.ContentLength is { } length
                ? length > ServiceHost.MaxRequestBytes ? null : await ReadAsync(context.Request.Body, (int)length, cancel)
                : await ReadAsync(context.Request.Body, cancel);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The body did not come in time.", StatusCodes.Status408RequestTimeout);
        }
    }

    private static async ValueTask<byte[]> ReadAsync(Stream body, int length, CancellationToken cancel)
    {
        var bytes = new byte[Math.Min(length, First)];
        for (var read = 0; read < length;)
        {
            if (read == bytes.Length)
            {
                Array.Resize(ref bytes, Math.Min(length, 2 * read));
            }

            var more = await body.ReadAsync(bytes.AsMemory(read), cancel);
            read += more > 0 ? more : throw new EndOfStreamException();
        }

        return bytes;
    }

    private static async Task<byte[]?> ReadAsync(Stream body, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[First];
        while (await body.ReadAsync(chunk, cancel) is > 0 and var read)
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
