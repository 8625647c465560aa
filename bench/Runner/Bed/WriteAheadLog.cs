namespace LeadOrchestrator.Bench.Bed;

/// <summary>
/// A server that has run for a while writes its log into segments that it has: each checkpoint gives used ones back. A fresh one makes and fills a new file for every
/// 16 MB, and everybody who commits waits for that: under load some 100 ms a second, for the peer as for the product. So the segments are made before anything is measured.
/// </summary>
internal static class WriteAheadLog
{
    /// <summary>Makes as many segments as the server keeps (<c>min_wal_size</c>), and gives them back.</summary>
    public static async Task MakeSegmentsAsync(string address, CancellationToken cancel)
    {
        var missing = await Databases.ValueAsync<long>(
            address, "SELECT ((pg_size_bytes(current_setting('min_wal_size')) - (SELECT sum(size) FROM pg_ls_waldir())) / pg_size_bytes(current_setting('wal_segment_size')))::bigint", cancel);
        for (; missing > 0; missing--)
        {
            await Databases.ExecuteAsync(address, "SELECT pg_logical_emit_message(true, 'bench', 'x'); SELECT pg_switch_wal()", cancel);
        }

        await Databases.ExecuteAsync(address, "CHECKPOINT", cancel);
    }
}
