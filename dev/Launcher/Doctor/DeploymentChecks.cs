using LeadOrchestrator.Database;
using LeadOrchestrator.Launcher.Postgres;
using Npgsql;

namespace LeadOrchestrator.Launcher.Doctor;

/// <summary>Looks at the database, the settings that matter, and the services as the outside sees them.</summary>
internal sealed class DeploymentChecks(Patient patient, Wire wire, Findings findings)
{
    // As the Orchestrator's ClockWatch, which sends nothing beyond it.
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromSeconds(30);

    public async Task DatabaseAsync(CancellationToken stop)
    {
        if (patient.Value("DATABASE_URL") is not { } url)
        {
            findings.Fail("DATABASE_URL", "set it, such as postgresql://user:password@host:5432/lead");
            return;
        }

        try
        {
            var settings = DatabaseUrl.Parse(url);
            (settings.Pooling, settings.Timeout, settings.CommandTimeout) = (false, 5, 10);
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(stop);
            findings.Check(connection.PostgreSqlVersion.Major >= PostgresBinaries.OldestMajor,
                $"the database answers (PostgreSQL {connection.PostgreSqlVersion})", $"PostgreSQL {PostgresBinaries.OldestMajor} or newer is needed");
            await SkewAsync(connection, stop);
            var version = await SchemaVersionAsync(connection, stop);
            findings.Check(version == Migrator.CurrentVersion, $"schema {version}", version < Migrator.CurrentVersion
                ? $"this build needs {Migrator.CurrentVersion}: ./run migrate"
                : $"this build knows {Migrator.CurrentVersion} only: use the newer build");
            await SpaceAsync(connection, stop);
        }
        catch (Exception exception) when (exception is NpgsqlException or FormatException)
        {
            findings.Fail("the database of DATABASE_URL", exception.Message);
        }
    }

    public void Settings()
    {
        if (patient.Value("JWT_SIGNING_KEY") is null)
        {
            findings.Warn("JWT_SIGNING_KEY is not set", "the one that migrate made in the database is used: who can read the database can sign in as anybody");
        }

        if (patient.Value("DATA_ENCRYPTION_KEY") is null)
        {
            findings.Warn("DATA_ENCRYPTION_KEY is not set", "no tenant can have vendor credentials of its own (openssl rand -base64 32)");
        }

        foreach (var (name, does) in new[] { ("OTEL_EXPORTER_OTLP_ENDPOINT", "no metrics and traces leave (deploy/observe)"), ("SENTRY_DSN", "errors are in the log alone") })
        {
            if (patient.Value(name) is null)
            {
                findings.Off($"{name} is not set: {does}");
            }
        }

        if (patient.Value("FAILPOINT") is not null)
        {
            findings.Fail("FAILPOINT is set", "a process will kill itself at that point: unset it; it is for tests");
        }

        if (patient.Value("TEST_CLOCK_URL") is not null && !patient.IsDemo)
        {
            findings.Warn("TEST_CLOCK_URL is set", "business time is a test's, not this machine's: unset it outside of tests");
        }

        if (patient.Value("DEMO_MODE")?.ToLowerInvariant() is "true" or "1")
        {
            findings.Warn("DEMO_MODE is true", "only leads marked [test] are written to");
        }
    }

    public async Task ServicesAsync(CancellationToken stop)
    {
        await PublicUrlAsync(stop);
        var chatUrl = patient.Url("CHAT_API_URL", "http://localhost:3001");
        if (chatUrl is null)
        {
            findings.Fail("CHAT_API_URL is no http address", "set it to where the Chat API listens, such as http://localhost:3001");
            return;
        }

        var answer = await wire.GetAsync($"{chatUrl.AbsoluteUri.TrimEnd('/')}/health", stop);
        findings.Check(answer.Body.Text("service") == "chat-api", $"the Chat API answers ({Version(answer)})", $"{answer.Words} at CHAT_API_URL: start it, or correct CHAT_API_URL");
    }

    private async Task PublicUrlAsync(CancellationToken stop)
    {
        var url = patient.Url("PUBLIC_URL", "http://localhost:3000");
        var isTwilioReal = patient.Value("TWILIO_ACCOUNT_SID") is not null && patient.Url("TWILIO_BASE_URL", "https://api.twilio.com") is { } twilio && twilio.Host.EndsWith("twilio.com", StringComparison.OrdinalIgnoreCase);
        if (url is null)
        {
            findings.Fail("PUBLIC_URL is no http address", "set it to the https address under which customers and vendors reach the Orchestrator");
            return;
        }

        if (url.Scheme != Uri.UriSchemeHttps && isTwilioReal)
        {
            findings.Fail("PUBLIC_URL is not https", "every text waits for a person (needs_review) until it is");
        }
        else if (url.Scheme != Uri.UriSchemeHttps && !patient.IsDemo)
        {
            findings.Warn("PUBLIC_URL is not https", "vendors and customers will not reach it, and cookies are not Secure");
        }

        var answer = await wire.GetAsync($"{url.AbsoluteUri.TrimEnd('/')}/health", stop);
        if (answer.Body.Text("service") != "orchestrator")
        {
            findings.Fail("PUBLIC_URL does not lead to an Orchestrator", $"{answer.Words} at {url.GetLeftPart(UriPartial.Path)}health: start the Orchestrator, or look at the tunnel, DNS and the certificate");
            return;
        }

        findings.Ok($"PUBLIC_URL leads to an Orchestrator ({Version(answer)}), asked from this machine");
        foreach (var check in answer.Body.Items("checks").Where(check => check.Text("status") == "failing"))
        {
            findings.Fail($"health: {check.Text("name")} is {check.Text("state")} since {check.Text("since")}", check.Text("fix") ?? "look at docs/OPERATIONS.md");
        }
    }

    private static string Version(Answer answer) => $"version {answer.Body.Text("version") ?? "unknown"}";

    private async Task SkewAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var ask = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var skew = ((DateTime)(await ask.ExecuteScalarAsync(stop))! - TimeProvider.System.GetUtcNow().UtcDateTime).Duration();
        findings.Check(skew < ToleratedSkew, "this machine's clock agrees with the database's", $"they differ by {skew.TotalSeconds:0} s: set the clocks (NTP)");
    }

    // A full disk lets SELECT 1 pass. Undone at once.
    private async Task SpaceAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using var ask = new NpgsqlCommand("CREATE TEMP TABLE doctor_probe AS SELECT md5(random()::text) AS filler FROM generate_series(1, 1000); DROP TABLE doctor_probe", connection);
        try
        {
            await ask.ExecuteNonQueryAsync(stop);
            findings.Ok("the database's disk takes new rows");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DiskFull)
        {
            findings.Fail("PostgreSQL's disk is full", "free space or enlarge the volume (never delete in pg_wal by hand); work goes on by itself");
        }
        catch (PostgresException exception)
        {
            findings.Warn("whether the database's disk takes new rows is not known", $"the probe was refused ({exception.SqlState})");
        }
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
}
