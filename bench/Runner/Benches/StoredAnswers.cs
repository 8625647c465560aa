using System.Text;
using System.Text.Json;
using LeadOrchestrator.Bench.Bed;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>Compares what was shown with what is stored: an answer that was fast and is not there is no answer.</summary>
internal static class StoredAnswers
{
    /// <summary>Whole answers in the product's database.</summary>
    public static Task<long> CountProductAsync(string database, CancellationToken cancel) =>
        Databases.ValueAsync<long>(database, "SELECT count(*) FROM chat_messages WHERE role = 'assistant' AND status = 'complete'", cancel);

    /// <summary>Answers in the peer's database.</summary>
    public static Task<long> CountPeerAsync(string database, CancellationToken cancel) =>
        Databases.ValueAsync<long>(database, "SELECT count(*) FROM chat_messages WHERE role = 'assistant'", cancel);

    /// <summary>Every piece that the product showed is a stored frame, and all of them together are the stored answer.</summary>
    /// <param name="shown">A stream, byte for byte.</param>
    /// <exception cref="BenchException">They differ.</exception>
    public static async Task RequireAsync(string database, byte[] shown, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var pieces = 0;
        var answer = Guid.Empty;
        foreach (var frame in Encoding.UTF8.GetString(shown).Split("\n\n").Where(frame => frame.Contains("\nevent: answer.delta\n", StringComparison.Ordinal)))
        {
            using var data = JsonDocument.Parse(frame[(frame.IndexOf("\ndata: ", StringComparison.Ordinal) + "\ndata: ".Length)..]);
            answer = data.RootElement.GetProperty("messageId").GetGuid();
            text.Append(data.RootElement.GetProperty("text").GetString());
            pieces++;
        }

        var stored = await Databases.ValueAsync<string>(database, $"SELECT content FROM chat_messages WHERE id = '{answer}'", cancel);
        var frames = await Databases.ValueAsync<string>(database, $"""
            SELECT count(*) || ' ' || string_agg(data::json ->> 'text', '' ORDER BY seq) FROM chat_events WHERE message_id = '{answer}' AND type = 'answer.delta'
            """, cancel);
        if (stored != text.ToString() || frames != $"{pieces} {text}")
        {
            throw new BenchException($"The product showed other words than it stored (answer {answer}), so nothing is reported.");
        }
    }
}
