namespace LeadOrchestrator.Launcher.Postgres;

/// <summary>How one embedded server is run.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Nothing of its own.</summary>
    public static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>For measuring: the log keeps the segments that were made once, more than a benchmark writes between two checkpoints, as on a server that has run for days.</summary>
    public static readonly IReadOnlyDictionary<string, string> LikeOneThatRan = new Dictionary<string, string> { ["min_wal_size"] = "1536MB", ["max_wal_size"] = "4GB", ["shared_buffers"] = "1GB" };

    /// <summary>Where <c>node_modules</c> is, for the npm package's binaries.</summary>
    public required string RepositoryRoot { get; init; }

    /// <summary>The cluster's folder; made on the first start, opened again on the next.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The server's log, appended to. Default: beside the data folder.</summary>
    public string? LogFile { get; init; }

    /// <summary>
    /// False switches <c>fsync</c> and its like off: several times faster, and the data may be lost with the machine. For tests only.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>More settings of <c>postgresql.conf</c>, which win over ours.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = None;

    /// <summary>The port on 127.0.0.1; null = a free one, another at each start.</summary>
    public int? Port { get; init; }

    /// <summary>A command that runs the server with an environment of its own, such as a small disk; it brings the account too. Empty = none.</summary>
    public IReadOnlyList<string> RunBy { get; init; } = [];

    /// <summary>Time the server may take until it answers; recovery after a crash included. Default 60 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
