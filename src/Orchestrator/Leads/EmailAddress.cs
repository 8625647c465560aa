using System.Net.Mail;

namespace LeadOrchestrator.Orchestrator.Leads;

/// <summary>Reads email addresses as people and other systems write them.</summary>
public static class EmailAddress
{
    /// <summary>The longest address there can be (RFC 5321).</summary>
    public const int Longest = 254;

    /// <summary>The address in small letters and without spaces around it; null when mail could not be sent there.</summary>
    /// <remarks>Nothing else is made alike: at some hosts dots and what follows a plus count, and two people must not become one.</remarks>
    public static string? Read(string? text)
    {
        var address = text?.Trim().ToLowerInvariant();
        return address is { Length: > 0 and <= Longest }
            && !address.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '<' or '>' or '"' or '(' or ')' or ',' or ';')
            && MailAddress.TryCreate(address, out var read) && read.Address == address
            && read.Host.Contains('.', StringComparison.Ordinal) && !read.Host.StartsWith('.') && !read.Host.EndsWith('.')
            ? address
            : null;
    }
}
