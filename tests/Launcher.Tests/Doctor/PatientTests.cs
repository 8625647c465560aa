using System.Net;
using System.Net.Sockets;
using LeadOrchestrator.Launcher.Doctor;

namespace LeadOrchestrator.Launcher.Tests.Doctor;

public sealed class PatientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Repository Repository => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_database_in_the_shell_it_is_the_demo_that_runs_here()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        _folder.Write($"1234\n/data\n1700000000\n{port}\n\n127.0.0.1\n", ".data", "4000", "postgres", "postmaster.pid");

        var patient = Patient.Find(Repository, 4000, _ => null);

        patient.IsDemo.ShouldBeTrue();
        patient.Value("DATABASE_URL").ShouldBe($"postgresql://lead@127.0.0.1:{port}/lead?sslmode=disable");
        patient.Value("PUBLIC_URL").ShouldBe("http://localhost:4000");
        patient.Value("TWILIO_BASE_URL").ShouldBe("http://localhost:4002");
    }

    [Fact]
    public void A_demo_that_has_ended_is_none()
    {
        _folder.Write("1234\n/data\n1700000000\n9\n", ".data", "postgres", "postmaster.pid");

        Patient.Find(Repository, 3000, _ => null).IsDemo.ShouldBeFalse();
    }

    [Fact]
    public void A_database_in_the_shell_comes_before_any_demo()
    {
        var patient = Patient.Find(Repository, 3000, name => name == "DATABASE_URL" ? "postgresql://u:p@h/d" : null);

        patient.IsDemo.ShouldBeFalse();
        patient.Value("DATABASE_URL").ShouldBe("postgresql://u:p@h/d");
    }
}
