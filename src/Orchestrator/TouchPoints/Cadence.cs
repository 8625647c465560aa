namespace LeadOrchestrator.Orchestrator.TouchPoints;

/// <summary>One planned message: when, by which channel, and how late it may still go out.</summary>
/// <param name="Name">Unique within a lead.</param>
/// <param name="Channel">sms or email.</param>
/// <param name="Delay">After the lead came in.</param>
/// <param name="GoodFor">After it was due; then it is let go as <c>expired</c>.</param>
public sealed record Step(string Name, string Channel, TimeSpan Delay, TimeSpan GoodFor);

/// <summary>The sequence of steps that every lead gets.</summary>
public static class Cadence
{
    /// <summary>The greeting, at once. It may wait over a night and a Sunday for its legal hour, and no longer.</summary>
    public static readonly Step Greeting = new("greeting", "sms", TimeSpan.Zero, TimeSpan.FromHours(72));

    /// <summary>The same step by email, for whom no text can reach: a lead gets one greeting, whichever way.</summary>
    public static readonly Step GreetingByEmail = Greeting with { Channel = "email" };
}
