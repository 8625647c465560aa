using Microsoft.AspNetCore.Builder;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>How a service's process begins and ends.</summary>
public static class ServiceProgram
{
    // A match's time runs while its pattern is compiled, too, which took more than two seconds on a starved machine (seen 2026-11-30): Twilio was told twice that a first text could not be stored.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeToBeSeenDraining = TimeSpan.FromSeconds(3);

    /// <summary>Runs until it is told to stop. What is wrong with the environment or the schema is one readable message and exit status 1.</summary>
    public static async Task<int> RunAsync(Func<WebApplication> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        // Before the first pattern is used. Patterns that take long for some text are mended (see the tests); this is for the one that nobody has found.
        AppContext.SetData("REGEX_DEFAULT_MATCH_TIMEOUT", LongestMatch);
        try
        {
            await using var app = create();
            await app.StartAsync();
            await UntilStopIsAskedForAsync(app);
            // Kestrel is the first to stop, and stops listening at once. A load balancer must see "not ready" before that, or it sends people to a closed door.
            await Task.Delay(TimeToBeSeenDraining);
            await app.StopAsync();
            return 0;
        }
        catch (Exception exception) when (exception is SettingsException or OldSchemaException or WrongRoleException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{exception.Message} Stop the other program, or choose another port (WEBHOOK_PORT for the Orchestrator, PORT for the Chat API).");
            return 1;
        }
    }

    private static async Task UntilStopIsAskedForAsync(WebApplication app)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = app.Lifetime.ApplicationStopping.Register(asked.SetResult);
        await asked.Task;
    }
}
