using System.Text;
using LeadOrchestrator.Sandbox;

namespace LeadOrchestrator.Bench.Driving;

/// <summary>Requests as the bytes that go over the wire.</summary>
internal static class HttpRequestBytes
{
    /// <summary>A GET.</summary>
    /// <param name="headers">Whole lines, each with its line end; may be empty.</param>
    public static byte[] Get(string path, string headers = "") => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");

    /// <summary>A POST of JSON.</summary>
    public static byte[] Post(string path, string headers, ReadOnlySpan<byte> json) => Post(path, headers, "application/json", json);

    /// <summary>A POST of a form, signed as Twilio does.</summary>
    /// <param name="url">As Twilio was told it.</param>
    public static byte[] PostFromTwilio(Uri url, string token, IReadOnlyDictionary<string, string> form) => Post(
        url.AbsolutePath, $"x-twilio-signature: {TwilioSignature.Sign(token, url.AbsoluteUri, form)}\r\n", "application/x-www-form-urlencoded",
        Encoding.ASCII.GetBytes(string.Join('&', form.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"))));

    private static byte[] Post(string path, string headers, string type, ReadOnlySpan<byte> body)
    {
        var head = $"POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-type: {type}\r\ncontent-length: {body.Length}\r\n\r\n";
        var request = new byte[head.Length + body.Length];
        Encoding.ASCII.GetBytes(head, request);
        body.CopyTo(request.AsSpan(head.Length));
        return request;
    }
}
