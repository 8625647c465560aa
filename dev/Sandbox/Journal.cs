using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LeadOrchestrator.Sandbox;

/// <summary>An append-only file of JSON lines; each line is on disk when <see cref="Append"/> returns.</summary>
internal sealed class Journal : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream? _file;

    private Journal(FileStream? file) => _file = file;

    /// <summary>Whether anything is written at all.</summary>
    public bool IsKept => _file is not null;

    /// <summary>Opens the journal and hands over what is in it; without a folder it forgets everything.</summary>
    public static Journal Open(string? folder, string name, out IReadOnlyList<JsonObject> lines)
    {
        if (folder is null)
        {
            lines = [];
            return new Journal(null);
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        // Shared for reading only: two Sandboxes on one folder would tear each other's lines.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        lines = ReadAll(file);
        return new Journal(file);
    }

    public void Append(JsonNode line)
    {
        if (_file is null)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(line.ToJsonString(Json.Options) + "\n");
        lock (_lock)
        {
            _file.Write(bytes);
            _file.Flush(flushToDisk: true);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static List<JsonObject> ReadAll(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var lines = new List<JsonObject>();
        var start = 0;
        while (start < bytes.Length)
        {
            var end = Array.IndexOf(bytes, (byte)'\n', start);
            if (end < 0 || Parse(bytes.AsSpan(start..end)) is not { } line)
            {
                break;
            }

            lines.Add(line);
            start = end + 1;
        }

        // A kill in the middle of a write leaves half a line, which was never answered for.
        file.SetLength(start);
        file.Position = start;
        return lines;
    }

    private static JsonObject? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
