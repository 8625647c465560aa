namespace LeadOrchestrator.ChatApi.Ai;

/// <summary>After how long a vendor that turns a call away wants to be asked again. The packages keep it to themselves, so the line below them tells it.</summary>
internal sealed class RetryAfter
{
    private static readonly AsyncLocal<RetryAfter?> Listening = new();

    private RetryAfter()
    {
    }

    /// <summary>Null = it did not say.</summary>
    public TimeSpan? Time { get; private set; }

    /// <summary>Hears what the calls say that the caller makes from now on.</summary>
    public static RetryAfter Listen() => Listening.Value = new RetryAfter();

    /// <summary>A vendor has answered.</summary>
    public static void Tell(HttpResponseMessage response)
    {
        if (Listening.Value is { } ear && !response.IsSuccessStatusCode)
        {
            // Seconds, or a date by the clock of whoever sent it.
            ear.Time = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } when response.Headers.Date is { } now => date > now ? date - now : TimeSpan.Zero,
                _ => null,
            };
        }
    }
}
