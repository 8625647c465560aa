using System.Net;
using System.Net.Sockets;

namespace LeadOrchestrator.Launcher;

/// <summary>The ports of one running copy.</summary>
internal sealed record Ports(int Orchestrator, int ChatApi, int Sandbox, int Vite)
{
    /// <summary>Where the ports start unless <c>--port-base</c> says otherwise.</summary>
    public const int DefaultBase = 3000;

    /// <summary>N, N+1 and N+2 for the services; Vite keeps its well-known 5173 unless the ports are shifted.</summary>
    public static Ports From(int portBase) =>
        new(portBase, portBase + 1, portBase + 2, portBase == DefaultBase ? 5173 : portBase + 3);

    /// <summary>Says no when another program listens on one of the ports.</summary>
    /// <param name="command">For the mend: the command that was typed, such as <c>demo</c>.</param>
    /// <exception cref="LauncherException">One sentence with the mend.</exception>
    public void RequireFree(string command, bool withVite)
    {
        int[] wanted = withVite ? [Orchestrator, ChatApi, Sandbox, Vite] : [Orchestrator, ChatApi, Sandbox];
        if (wanted.FirstOrDefault(port => !IsFree(port)) is not 0 and var taken)
        {
            throw new LauncherException(
                $"Port {taken} is taken by another program: stop it, or run ./run {command} --port-base {Orchestrator + 1000}.");
        }
    }

    /// <summary>True when nobody listens there, on any address of this machine.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var socket = Socket.OSSupportsIPv6
                ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
                : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
