using System.Net;
using LeadOrchestrator.Orchestrator.Messaging;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>
/// Stands between the SDK, which makes its requests itself, and the wire: a request that belongs to a <see cref="CallStart"/> begins only when that allows it,
/// once, and tells when its last byte has been written.
/// </summary>
public sealed class GuardedCall : DelegatingHandler
{
    private static readonly AsyncLocal<(Guid TenantId, CallStart Start, Action Begins)?> Current = new();

    /// <summary>What this flow calls until the result is disposed of belongs to this start, and is made for this tenant.</summary>
    /// <param name="begins">Called right before the first byte.</param>
    public static IDisposable Use(Guid tenantId, CallStart start, Action begins)
    {
        Current.Value = (tenantId, start, begins);
        return new End();
    }

    /// <inheritdoc />
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Current.Value is { } call)
        {
            request.ActFor(call.TenantId);
            request.Content = request.Content is { } content ? new Guarded(content, call.Start, call.Begins) : null;
        }

        return base.SendAsync(request, cancellationToken);
    }

    private sealed class End : IDisposable
    {
        public void Dispose() => Current.Value = null;
    }

    private sealed class Guarded : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly CallStart _start;
        private readonly Action _begins;

        public Guarded(HttpContent inner, CallStart start, Action begins)
        {
            (_inner, _start, _begins) = (inner, start, begins);
            foreach (var (name, values) in inner.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            if (!await _start.TryBeginAsync())
            {
                throw new InvalidOperationException("The call was not allowed to begin any more");
            }

            _begins();
            await _inner.CopyToAsync(stream, context, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _start.Decide();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _inner.Headers.ContentLength ?? -1;
            return length >= 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
