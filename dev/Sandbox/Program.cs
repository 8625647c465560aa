namespace LeadOrchestrator.Sandbox;

/// <summary>The Sandbox as a process of its own, told by its environment.</summary>
internal static class Program
{
    private static async Task<int> Main()
    {
        SandboxSettings settings;
        try
        {
            settings = SandboxSettings.FromEnvironment(Environment.GetEnvironmentVariable);
        }
        catch (FormatException malformed)
        {
            await Console.Error.WriteLineAsync(malformed.Message);
            return 1;
        }

        try
        {
            await using var sandbox = await SandboxServer.StartAsync(settings);
            Console.WriteLine($"The Sandbox is at {sandbox.Url}; webhooks go to {sandbox.PublicUrl}");
            await sandbox.WaitForShutdownAsync(CancellationToken.None);
            return 0;
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync($"The Sandbox cannot start: {taken.Message}");
            return 1;
        }
    }
}
