using System.Text;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>Requests as the bytes that go over the wire.</summary>
internal static class HttpRequestBytes
{
    /// <summary>A GET.</summary>
    /// <param name="headers">Whole lines, each with its line end; may be empty.</param>
    public static byte[] Get(string path, string headers = "") => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");

    /// <summary>A POST of JSON.</summary>
    public static byte[] Post(string path, string headers, ReadOnlySpan<byte> json)
    {
        var head = $"POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-type: application/json\r\ncontent-length: {json.Length}\r\n\r\n";
        var request = new byte[head.Length + json.Length];
        Encoding.ASCII.GetBytes(head, request);
        json.CopyTo(request.AsSpan(head.Length));
        return request;
    }
}
