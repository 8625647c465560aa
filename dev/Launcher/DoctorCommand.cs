using LeadOrchestrator.Database;
using LeadOrchestrator.Launcher.Postgres;
using LeadOrchestrator.Launcher.Processes;
using LeadOrchestrator.Launcher.Testing;
using Npgsql;

namespace LeadOrchestrator.Launcher;

/// <summary><c>./run doctor</c>: one line for each thing that was really looked at. Exit status 1 when something is missing.</summary>
internal sealed class DoctorCommand(Repository repository, TextWriter output)
{
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromSeconds(60);

    private bool _isWell = true;

    public async Task<int> RunAsync(CancellationToken stop)
    {
        output.WriteLine("This machine");
        CheckTools();
        CheckPorts();
        output.WriteLine("A deployment with this environment (./run demo needs none of it)");
        await CheckDatabaseAsync(stop);
        CheckVariables();
        CheckPublicUrl();
        return _isWell ? 0 : 1;
    }

    private void CheckTools()
    {
        Report(Tool.Run("dotnet", "--version") is { ExitCode: 0 }, $".NET SDK {Tool.Run("dotnet", "--version")?.Output.Trim()}", "install the .NET 10 SDK");
        Report(Tool.Find("node") is not null, $"Node {Tool.Run("node", "--version")?.Output.Trim()}", "install Node 20 or newer");
        Report(Tool.Find("npm") is not null, "npm", "install npm; it comes with Node");
        try
        {
            var binaries = PostgresBinaries.Find(repository.Root);
            Report(true, $"PostgreSQL {binaries.Major} in {binaries.Folder}", "");
        }
        catch (LauncherException exception)
        {
            Report(false, "PostgreSQL for the demo and the tests", exception.Message);
        }

        Report(Chromium.Find() is not null, "Chromium for the browser tests", "install chromium, or set CHROMIUM_PATH");
    }

    private void CheckPorts()
    {
        var ports = Ports.From(Ports.DefaultBase);
        foreach (var port in new[] { ports.Orchestrator, ports.ChatApi, ports.Sandbox })
        {
            Report(Ports.IsFree(port), $"port {port} is free", "it is taken (by this product, if it is running): stop that program, or start with --port-base");
        }
    }

    private async Task CheckDatabaseAsync(CancellationToken stop)
    {
        if (Value("DATABASE_URL") is not { } url)
        {
            Report(false, "DATABASE_URL", "set it, such as postgresql://user:password@host:5432/lead");
            return;
        }

        try
        {
            var settings = DatabaseUrl.Parse(url);
            settings.Pooling = false;
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(stop);
            Report(connection.PostgreSqlVersion.Major >= PostgresBinaries.OldestMajor,
                $"the database answers (PostgreSQL {connection.PostgreSqlVersion})", $"PostgreSQL {PostgresBinaries.OldestMajor} or newer is needed");
            await CheckSkewAsync(connection, stop);
            var version = await SchemaVersionAsync(connection, stop);
            Report(version == Migrator.CurrentVersion, $"schema {version}", version < Migrator.CurrentVersion
                ? $"this build needs {Migrator.CurrentVersion}: ./run migrate"
                : $"this build knows {Migrator.CurrentVersion} only: use the newer build");
        }
        catch (Exception exception) when (exception is NpgsqlException or FormatException)
        {
            Report(false, "the database of DATABASE_URL", exception.Message);
        }
    }

    private async Task CheckSkewAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var ask = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var skew = ((DateTime)(await ask.ExecuteScalarAsync(stop))! - TimeProvider.System.GetUtcNow().UtcDateTime).Duration();
        Report(skew < ToleratedSkew, "this machine's clock agrees with the database's", $"they differ by {skew.TotalSeconds:0} s: set the clocks (NTP)");
    }

    private static async Task<int> SchemaVersionAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var ask = new NpgsqlCommand("SELECT max(version) FROM schema_migrations", connection);
        try
        {
            return await ask.ExecuteScalarAsync(stop) as int? ?? 0;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
    }

    private void CheckVariables()
    {
        Report(Value("ANTHROPIC_API_KEY") is not null || Value("OPENAI_API_KEY") is not null, "an AI key", "set ANTHROPIC_API_KEY or OPENAI_API_KEY");
        CheckVendor("Shopmonkey", "SHOPMONKEY_API_KEY", "SHOPMONKEY_TENANT_ID", "SHOPMONKEY_WEBHOOK_SECRET");
        CheckVendor("Twilio", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER");
        CheckVendor("SendGrid", "SENDGRID_API_KEY", "SENDGRID_FROM_EMAIL");
    }

    private void CheckVendor(string vendor, params string[] names)
    {
        var missing = names.Where(name => Value(name) is null).ToList();
        if (missing.Count == names.Length)
        {
            output.WriteLine($"  off      {vendor}: none of {string.Join(", ", names)} is set");
        }
        else
        {
            Report(missing.Count == 0, $"{vendor} is set", $"set {string.Join(" and ", missing)} too");
        }
    }

    private void CheckPublicUrl()
    {
        var isHttps = Uri.TryCreate(Value("PUBLIC_URL"), UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps;
        Report(isHttps, isHttps ? $"PUBLIC_URL {url}" : "PUBLIC_URL", "set it to the https address under which customers and vendors reach the Orchestrator; without it every text waits for a person");
    }

    private void Report(bool isWell, string what, string mend)
    {
        _isWell &= isWell;
        output.WriteLine(isWell ? $"  ok       {what}" : $"  missing  {what}: {mend}");
    }

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
