using System.Globalization;

namespace LeadOrchestrator.Launcher;

/// <summary>What was typed after <c>./run</c>.</summary>
/// <param name="Command">The first word; <c>help</c> when there is none.</param>
/// <param name="Fresh"><c>demo</c>, <c>dev</c>: start with an empty database and an empty Sandbox.</param>
/// <param name="PortBase"><c>demo</c>, <c>dev</c>: the Orchestrator's port; the others follow it.</param>
/// <param name="Name"><c>test</c>: a part or a filter.</param>
/// <param name="Rest"><c>bench</c> and the hidden commands: handed on as they are.</param>
internal sealed record CommandLine(string Command, bool Fresh, int PortBase, string? Name, IReadOnlyList<string> Rest)
{
    /// <summary>The text of <c>./run</c>.</summary>
    public const string Help = """
        ./run demo [--fresh] [--port-base N]   a running shop: both services, PostgreSQL, and a sandbox of every vendor
        ./run test [NAME]                      all tests, or a part: a project (Orchestrator, web, Browser, …) or a piece of a test's name
        ./run dev [--fresh] [--port-base N]    as demo, with hot reload and Vite
        ./run migrate                          brings the database of DATABASE_URL to the current schema
        ./run doctor [--port-base N]           says what is missing or wrong: this machine, its keys, the deployment or the demo that runs here
        ./run bench [NAME…] [--full] [--keep]  the benchmarks beside their peer; JSON lines, then a table
        """;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="LauncherException">An unknown command or option; the message says what there is.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0] is "help" or "--help" or "-h")
        {
            return new("help", false, Ports.DefaultBase, null, []);
        }

        var rest = arguments.Skip(1).ToList();
        return arguments[0] switch
        {
            "demo" or "dev" or "doctor" => ParseDemo(arguments[0], rest),
            "test" => rest.Count <= 1 && rest.FirstOrDefault()?.StartsWith('-') is not true
                ? new("test", false, Ports.DefaultBase, rest.FirstOrDefault(), [])
                : throw new LauncherException("./run test takes one name at most: a project, or a piece of a test's name."),
            "migrate" => rest.Count == 0
                ? new(arguments[0], false, Ports.DefaultBase, null, [])
                : throw new LauncherException($"./run {arguments[0]} takes no arguments."),
            "bench" or Processes.Watchdog.Command or Program.PostgresCommand => new(arguments[0], false, Ports.DefaultBase, null, rest),
            _ => throw new LauncherException($"There is no command {arguments[0]}; ./run alone lists them."),
        };
    }

    private static CommandLine ParseDemo(string command, List<string> options)
    {
        var (fresh, portBase) = (false, Ports.DefaultBase);
        for (var i = 0; i < options.Count; i++)
        {
            var (name, value) = options[i].Split('=', 2) is [var left, var right] ? (left, right) : (options[i], null);
            switch (name)
            {
                case "--fresh" when value is null && command != "doctor":
                    fresh = true;
                    break;
                case "--port-base":
                    portBase = ParsePort(value ?? options.ElementAtOrDefault(++i));
                    break;
                default:
                    throw new LauncherException($"./run {command} does not know {options[i]}: it takes {(command == "doctor" ? "" : "--fresh and ")}--port-base N.");
            }
        }

        return new(command, fresh, portBase, null, []);
    }

    private static int ParsePort(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65532
            ? port
            : throw new LauncherException("--port-base takes a port from 1 to 65532, such as --port-base 4000.");
}
