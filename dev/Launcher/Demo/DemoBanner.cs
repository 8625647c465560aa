using System.Globalization;

namespace LeadOrchestrator.Launcher.Demo;

/// <summary>What is printed when the shop is open.</summary>
internal static class DemoBanner
{
    public static string Text(Ports ports, string databaseUrl, string data, TimeSpan took, bool isDev) => string.Create(CultureInfo.InvariantCulture, $"""

          The shop is open ({took.TotalSeconds:0.0} s). Begin here: the CRM on the left, the customer's phone on the right.

            Sandbox                http://localhost:{ports.Sandbox}
            Orchestrator           http://localhost:{ports.Orchestrator}         API: http://localhost:{ports.Orchestrator}/docs
            Chat API (internal)    http://localhost:{ports.ChatApi}         API: http://localhost:{ports.ChatApi}/docs
            PostgreSQL             {databaseUrl}{(isDev ? $"\n    Vite (chat page)       http://localhost:{ports.Vite}/c/…   with the code of a text" : "")}

          Sign-ins for POST http://localhost:{ports.Orchestrator}/api/auth/sessions

            platform administrator   {DemoEnvironment.AdminEmail}   {DemoEnvironment.AdminPassword}   in Acme Tint (Austin, Phoenix)
            owner of Bright Detail   {DemoSeed.OwnerEmail}   {DemoSeed.OwnerPassword}   Brooklyn, with vendor accounts of its own

          The time is the Sandbox's: a weekday, 10:00 in Austin at the first start. In Phoenix it may be too early for a text: +1 hour.
          Data and logs are in {data}. Ctrl-C stops everything; the data stays.

        """);
}
