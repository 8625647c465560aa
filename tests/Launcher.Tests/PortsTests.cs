using System.Net;
using System.Net.Sockets;

namespace LeadOrchestrator.Launcher.Tests;

public sealed class PortsTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void A_taken_port_is_one_sentence_with_the_mend(string address)
    {
        using var other = new TcpListener(IPAddress.Parse(address), 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var sentence = Should.Throw<LauncherException>(() => Ports.From(port).RequireFree("demo", withVite: false)).Message;

        sentence.ShouldBe($"Port {port} is taken by another program: stop it, or run ./run demo --port-base {port + 1000}.");
    }

    [Fact]
    public void A_port_is_free_again_when_its_program_has_left()
    {
        var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        other.Stop();

        Ports.IsFree(port).ShouldBeTrue();
    }
}
