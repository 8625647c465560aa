using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace LeadOrchestrator.Browser.Tests;

/// <summary>A person's device: one browser profile, its tabs, and a note of everything that its pages asked for or complained of.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<Uri> _requests = new();

    public Visitor(IBrowserContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        context.Request += (_, request) => _requests.Enqueue(new Uri(request.Url));
        context.WebError += (_, error) => _complaints.Enqueue(error.Error);
        context.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Enqueue(message.Text);
            }
        };
    }

    public IBrowserContext Context { get; }

    /// <summary>Errors, warnings and policy violations of all pages.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Every address that any page asked for.</summary>
    public IReadOnlyCollection<Uri> Requests => _requests;

    public ValueTask DisposeAsync() => Context.DisposeAsync();
}
