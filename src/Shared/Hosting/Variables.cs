using System.Globalization;
using LeadOrchestrator.Database;
using Microsoft.Extensions.Configuration;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Reads the environment's variables and remembers every one that is wrong, so that a start fails once, with the whole list.
/// </summary>
/// <remarks>Problems name the variable and what was expected, never its value: half of them are secrets.</remarks>
public sealed class Variables(IConfiguration configuration)
{
    private readonly List<string> _problems = [];

    /// <summary>The value without surrounding space, or null when unset or empty.</summary>
    public string? Optional(string name) => configuration[name]?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The value; a missing one is a problem.</summary>
    public string Required(string name, string what)
    {
        if (Optional(name) is { } value)
        {
            return value;
        }

        Problem(name, $"is not set: {what}");
        return "";
    }

    /// <summary>A whole number in a range.</summary>
    public int Integer(string name, int otherwise, int least, int most)
    {
        if (Optional(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        Problem(name, $"must be a whole number from {least} to {most}");
        return otherwise;
    }

    /// <summary>A length of time, given in milliseconds.</summary>
    public TimeSpan Milliseconds(string name, int otherwise, int least, int most) =>
        TimeSpan.FromMilliseconds(Integer(name, otherwise, least, most));

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(string name)
    {
        switch (Optional(name)?.ToLowerInvariant())
        {
            case null or "false" or "0":
                return false;
            case "true" or "1":
                return true;
            default:
                Problem(name, "must be true or false");
                return false;
        }
    }

    /// <summary>An http or https address, without a trailing slash.</summary>
    public Uri Url(string name, string otherwise)
    {
        var text = Optional(name) ?? otherwise;
        if (Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        Problem(name, $"must be an http or https address such as {otherwise}");
        return new Uri(otherwise);
    }

    /// <summary>One of a few words.</summary>
    public string OneOf(string name, string otherwise, params ReadOnlySpan<string> words)
    {
        var text = Optional(name)?.ToLowerInvariant() ?? otherwise;
        foreach (var word in words)
        {
            if (word == text)
            {
                return word;
            }
        }

        Problem(name, $"must be one of {string.Join(", ", words)}");
        return otherwise;
    }

    /// <summary>A PostgreSQL address in either of its forms, as Npgsql's connection string.</summary>
    public string Database(string name)
    {
        var text = Required(name, "the PostgreSQL database, such as postgresql://user:password@localhost:5432/lead");
        if (text.Length == 0)
        {
            return "";
        }

        try
        {
            return DatabaseUrl.Parse(text).ConnectionString;
        }
        catch (FormatException exception)
        {
            Problem(name, $"is {exception.Message}");
            return "";
        }
    }

    /// <summary>Base64 of at least <paramref name="least"/> bytes, or null when unset.</summary>
    public byte[]? Base64(string name, int least)
    {
        if (Optional(name) is not { } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var length) && length >= least)
        {
            return bytes[..length];
        }

        Problem(name, $"must be base64 of at least {least} bytes (try: openssl rand -base64 {least})");
        return null;
    }

    /// <summary>Are these variables all set (true), all unset (false)? Half a vendor is a problem that names what is missing.</summary>
    public bool AllOrNone(string vendor, params ReadOnlySpan<string> names)
    {
        var missing = new List<string>();
        foreach (var name in names)
        {
            if (Optional(name) is null)
            {
                missing.Add(name);
            }
        }

        if (missing.Count == names.Length)
        {
            return false;
        }

        foreach (var name in missing)
        {
            Problem(name, $"is not set, while other variables of {vendor} are: set all of them, or none to switch {vendor} off");
        }

        return missing.Count == 0;
    }

    /// <summary>Remembers that a variable is wrong.</summary>
    public void Problem(string name, string what) => _problems.Add($"{name} {what}");

    /// <summary>Ends the reading.</summary>
    /// <exception cref="SettingsException">Any variable was wrong: all of them, in one message.</exception>
    public void ThrowIfAnyProblem()
    {
        if (_problems.Count > 0)
        {
            throw new SettingsException(_problems);
        }
    }
}

/// <summary>The environment is not usable. The message is a list for a person, one line per variable, and holds no value of any.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems)
    : Exception($"These settings stop the start:{string.Concat(problems.Select(problem => $"\n  - {problem}"))}")
{
    /// <summary>One sentence per wrong variable, beginning with its name.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
