using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace LeadOrchestrator.Sandbox;

/// <summary>How the bytes of an answer leave: at once, drop by drop, or until the line is reset.</summary>
internal static class Wire
{
    // Long enough for the kernel to hand over what was written; a reset throws away what has not left.
    private static readonly TimeSpan Flushed = TimeSpan.FromMilliseconds(30);

    /// <summary>Writes the body, or as much of it as the fault lets through.</summary>
    /// <returns>False when the line was reset.</returns>
    public static async Task<bool> WriteAsync(HttpContext http, ReadOnlyMemory<byte> body, Fault? fault)
    {
        http.Response.ContentLength = body.Length;
        switch (fault?.Kind)
        {
            case FaultKind.Trickle:
                await TrickleAsync(http, body, fault.Time);
                return true;
            case FaultKind.ResetAtByte:
                await ResetAtAsync(http, body, fault.AtByte ?? 0);
                return false;
            default:
                if (body.Length > 0)
                {
                    await http.Response.Body.WriteAsync(body, http.RequestAborted);
                }

                return true;
        }
    }

    /// <summary>Sends a TCP reset: not the polite end that a drop is, and no byte more.</summary>
    public static async Task ResetAsync(HttpContext http)
    {
        await Task.Delay(Flushed);
        if (http.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close(0);
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // The caller was faster.
            }
        }

        http.Abort();
    }

    private static async Task TrickleAsync(HttpContext http, ReadOnlyMemory<byte> body, TimeSpan time)
    {
        if (body.Length == 0)
        {
            await Task.Delay(time, http.RequestAborted);
            return;
        }

        await http.Response.StartAsync(http.RequestAborted);
        var begun = Stopwatch.GetTimestamp();
        for (var index = 0; index < body.Length; index++)
        {
            // A timer knows no parts of a millisecond: each byte is as late as its place says, not as the one before it.
            var early = (time * (index + 1) / body.Length) - Stopwatch.GetElapsedTime(begun);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, http.RequestAborted);
            }

            await http.Response.Body.WriteAsync(body.Slice(index, 1), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    // Of an answer without a body not even the head arrives, or it would be whole.
    private static async Task ResetAtAsync(HttpContext http, ReadOnlyMemory<byte> body, int atByte)
    {
        if (body.Length > 0)
        {
            await http.Response.StartAsync(http.RequestAborted);
            await http.Response.Body.WriteAsync(body[..Math.Min(atByte, body.Length - 1)], http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }

        await ResetAsync(http);
    }
}
