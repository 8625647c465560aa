using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using LeadOrchestrator.Bench.Driving;

namespace LeadOrchestrator.Bench.Vendors;

/// <summary>Shopmonkey's webhook about a new order, again and again: each about another order, each signed as Standard Webhooks says.</summary>
internal sealed class OrderDeliveries(string secret, TimeProvider clock)
{
    private const string Path = "/webhooks/shopmonkey";
    private const int Locations = 10;
    private static readonly string Template = ReadTemplate();
    private readonly byte[] _key = Convert.FromBase64String(secret["whsec_".Length..]);
    private long _number;

    /// <summary>The next delivery, as a whole request. Any thread may ask.</summary>
    public byte[] Next() => Signed(Encoding.UTF8.GetBytes(Body(Interlocked.Increment(ref _number))));

    /// <summary>The body about the order with this number.</summary>
    public string Body(long number) => Template
        .Replace("{n}", number.ToString("000000000000", CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{location}", (number % Locations).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{now}", clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>A delivery of any bytes, with an id of its own and a right signature, as a whole request.</summary>
    public byte[] Signed(byte[] body)
    {
        var id = $"whd_{Guid.CreateVersion7():N}";
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        return HttpRequestBytes.Post(
            Path, $"webhook-id: {id}\r\nwebhook-timestamp: {timestamp}\r\nwebhook-version: 3\r\nwebhook-signature: v1,{Sign(id, timestamp, body)}\r\n", body);
    }

    /// <summary>The body alone, for who stores it without a server.</summary>
    public static string SampleBody => Template;

    private string Sign(string id, long timestamp, byte[] body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return Convert.ToBase64String(hmac.GetHashAndReset());
    }

    private static string ReadTemplate()
    {
        using var reader = new StreamReader(typeof(OrderDeliveries).Assembly.GetManifestResourceStream("order-insert.json")!, Encoding.UTF8);
        return JsonNode.Parse(reader.ReadToEnd())!.ToJsonString(); // On the wire it has no line ends.
    }
}
