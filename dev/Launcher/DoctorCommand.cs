using LeadOrchestrator.Launcher.Doctor;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Launcher.Testing;

namespace LeadOrchestrator.Launcher;

/// <summary><c>./run doctor</c>: one line for each thing that was really looked at. Exit status 1 when something fails.</summary>
internal sealed class DoctorCommand(Repository repository, TextWriter output)
{
    // As ./run asks it.
    private const string EnoughNode = "const [major, minor] = process.versions.node.split('.').map(Number); process.exit(major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19) ? 0 : 1)";

    /// <summary>Looks at this machine, and at the deployment of this environment or the demo that runs here.</summary>
    /// <param name="portBase">Where the ports of a demo start.</param>
    public async Task<int> RunAsync(int portBase, CancellationToken stop)
    {
        var findings = new Findings(output);
        var patient = Patient.Find(repository, portBase);
        findings.Heading("This machine");
        CheckMachine(findings, patient.IsDemo);
        findings.Heading(patient.IsDemo
            ? "The demo that runs here (DATABASE_URL is not set)"
            : "The deployment of this environment (./run demo needs none of it)");
        await LookAsync(patient, findings, stop);
        output.WriteLine(findings.IsWell ? "Nothing fails." : "What fails is above; docs/OPERATIONS.md says more.");
        return findings.IsWell ? 0 : 1;
    }

    /// <summary>Everything but this machine.</summary>
    public static async Task LookAsync(Patient patient, Findings findings, CancellationToken stop)
    {
        // An answer that leads elsewhere is an answer: followed, a login page would look like a service.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
        var wire = new Wire(http);
        var deployment = new DeploymentChecks(patient, wire, findings);
        await deployment.DatabaseAsync(stop);
        deployment.Settings();
        await new VendorChecks(patient, wire, findings).RunAsync(stop);
        await deployment.ServicesAsync(stop);
        await new TenantChecks(patient, wire, findings).RunAsync(stop);
    }

    private void CheckMachine(Findings findings, bool isDemoRunning)
    {
        findings.Check(Tool.Run("dotnet", "--version") is { ExitCode: 0 }, $".NET SDK {Tool.Run("dotnet", "--version")?.Output.Trim()}", "install the .NET 10 SDK");
        findings.Check(Tool.Run("node", "-e", EnoughNode) is { ExitCode: 0 }, $"Node {Tool.Run("node", "--version")?.Output.Trim()}", "install Node 20.19, 22.13, 24 or newer");
        findings.Check(Tool.Find("npm") is not null, "npm", "install npm; it comes with Node");
        try
        {
            var binaries = PostgresBinaries.Find(repository.Root);
            findings.Ok($"PostgreSQL {binaries.Major} in {binaries.Folder}");
        }
        catch (LauncherException exception)
        {
            findings.Warn("PostgreSQL for the demo and the tests", exception.Message);
        }

        if (Chromium.Find() is null)
        {
            findings.Warn("Chromium for the browser tests", "install chromium, or set CHROMIUM_PATH");
        }
        else
        {
            findings.Ok("Chromium for the browser tests");
        }

        var ports = Ports.From(Ports.DefaultBase);
        foreach (var port in new[] { ports.Orchestrator, ports.ChatApi, ports.Sandbox }.Where(port => !isDemoRunning && !Ports.IsFree(port)))
        {
            findings.Warn($"port {port} is taken", "by this product, if it is running; for a demo, stop that program or start with --port-base");
        }
    }
}
