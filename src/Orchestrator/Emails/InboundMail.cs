using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Orchestrator.Emails;

/// <summary>An email that came in, from the fields of Inbound Parse.</summary>
/// <param name="From">Its writer in small letters; null when that cannot be read.</param>
/// <param name="Recipients">All that names where it went, as text.</param>
/// <param name="Text">What it says, the quoted past included.</param>
/// <param name="Attachments">How many came with it.</param>
public sealed record InboundMail(string? From, string Recipients, string Subject, string Text, IReadOnlyDictionary<string, string> Headers, string? EnvelopeFrom, int Attachments)
{
    private const int LongestId = 300;
    private const int ShortestVendorId = 16;
    private const int LongestSender = 1_000;
    private const int LongestHeader = 2_000;
    private static readonly string[] Machines = ["mailer-daemon@", "postmaster@"];
    private static readonly string[] MachinePrecedences = ["bulk", "junk", "list", "auto_reply"];

    /// <summary>Reads the fields, each in its own character set.</summary>
    public static InboundMail Read(IReadOnlyDictionary<string, byte[]> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var charsets = Object(Encoding.UTF8.GetString(fields.GetValueOrDefault("charsets", [])));
        var envelope = Object(Field("envelope"));
        var headers = HeadersIn(Field("headers"));
        var envelopeFrom = envelope?.ValueKind == JsonValueKind.Object && envelope.Value.TryGetProperty("from", out var from) ? from.ToString() : null;
        var plain = Field("text");
        return new InboundMail(
            AddressIn(Field("from")) ?? AddressIn(envelopeFrom ?? ""), $"{Field("envelope")}\n{Field("to")}\n{Field("cc")}\n{headers.GetValueOrDefault("delivered-to")}",
            Field("subject"), string.IsNullOrWhiteSpace(plain) ? HtmlText.Of(Field("html")) : plain, headers, envelopeFrom,
            int.TryParse(Field("attachments"), out var count) && count > 0 ? count : 0);

        string Field(string name) => PlainText.Clean(EncodingOf(charsets, name).GetString(fields.GetValueOrDefault(name, [])));
    }

    /// <summary>The same however often it is handed on: its <c>Message-ID</c>, or without one its content.</summary>
    public string Key => Headers.GetValueOrDefault("message-id")?.Trim() is { Length: > 0 and <= LongestId } id
        ? $"mail:{id}" : $"mail:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{From}\n{Recipients}\n{Subject}\n{Text}")))}";

    /// <summary>The emails that it names as answered, by what stands before the @ of their Message-ID: the newest three.</summary>
    public IReadOnlyList<string> Answered => [.. $"{Headers.GetValueOrDefault("in-reply-to")} {Headers.GetValueOrDefault("references")}"
        .Split([' ', '\t', ',', '<', '>'], StringSplitOptions.RemoveEmptyEntries).Where(id => id.Contains('@', StringComparison.Ordinal))
        .Select(id => id.Split('@')[0]).Where(id => id.Length is >= ShortestVendorId and <= LongestId).Distinct().Take(3)];

    /// <summary>Did it go to this address?</summary>
    public bool IsTo(string address) => Recipients.Contains(address, StringComparison.OrdinalIgnoreCase);

    /// <summary>Did a machine write it? An absence, a list, a mail server that gives one of ours back (RFC 3834, RFC 5321).</summary>
    public bool IsAutomatic =>
        (Headers.GetValueOrDefault("auto-submitted") is { } submitted && !submitted.Trim().StartsWith("no", StringComparison.OrdinalIgnoreCase))
        || Headers.ContainsKey("x-autoreply") || Headers.ContainsKey("x-autorespond")
        || MachinePrecedences.Contains(Headers.GetValueOrDefault("precedence")?.Trim().ToLowerInvariant())
        || Headers.GetValueOrDefault("content-type")?.TrimStart().StartsWith("multipart/report", StringComparison.OrdinalIgnoreCase) == true
        || EnvelopeFrom?.Trim() is "" or "<>" || Headers.GetValueOrDefault("return-path")?.Trim() == "<>"
        || Machines.Any(machine => From?.StartsWith(machine, StringComparison.Ordinal) == true);

    private static string? AddressIn(string text) =>
        text.Length > LongestSender ? null : MailAddress.TryCreate(text.Trim(), out var read) ? Leads.EmailAddress.Read(read.Address)
            : text.LastIndexOf('<') is >= 0 and var open && text.IndexOf('>', open) is > 0 and var close ? Leads.EmailAddress.Read(text[(open + 1)..close]) : null;

    // Small names; a line that begins with a blank goes on with the one before. What comes twice counts as it came first.
    private static Dictionary<string, string> HeadersIn(string text)
    {
        var headers = new Dictionary<string, string>();
        string? last = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(' ') || line.StartsWith('\t'))
            {
                if (last is not null && headers[last].Length < LongestHeader)
                {
                    headers[last] += $" {line.Trim()}";
                }

                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = colon > 0 ? line[..colon].Trim().ToLowerInvariant() : "";
            last = name.Length > 0 && headers.TryAdd(name, line[(colon + 1)..].Trim()) ? name : null;
        }

        return headers;
    }

    private static JsonElement? Object(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Encoding EncodingOf(JsonElement? charsets, string field)
    {
        if (charsets is not { ValueKind: JsonValueKind.Object } sets || !sets.TryGetProperty(field, out var set) || set.ValueKind != JsonValueKind.String)
        {
            return Encoding.UTF8;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(set.GetString()!) ?? Encoding.GetEncoding(set.GetString()!);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return Encoding.UTF8;
        }
    }
}
