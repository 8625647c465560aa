using Npgsql;

namespace LeadOrchestrator.Database;

/// <summary>Reads <c>DATABASE_URL</c> in both of its forms: <c>postgresql://user:pw@host:port/db?sslmode=require</c> and Npgsql's <c>Host=…;Database=…</c>.</summary>
public static class DatabaseUrl
{
    /// <summary>The connection string that Npgsql understands.</summary>
    /// <exception cref="FormatException">Neither form. The message names no part of the value: it holds a password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        try
        {
            var parsed = value.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || value.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
                ? FromUri(new Uri(value))
                : new NpgsqlConnectionStringBuilder(value);
            return string.IsNullOrWhiteSpace(parsed.Host) ? throw new FormatException("no host") : parsed;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new FormatException("not a PostgreSQL address: expected postgresql://user:password@host:5432/database or Host=…;Username=…;Database=…");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUri(Uri uri)
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
        };
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }

        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            var value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "";
            Set(builder, Uri.UnescapeDataString(parts[0]), value);
        }

        return builder;
    }

    // libpq's names, which hosting providers write into their URLs; what has no meaning for Npgsql is passed over.
    private static void Set(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "sslmode": builder["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal); break;
            case "sslrootcert": builder.RootCertificate = value; break;
            case "application_name": builder.ApplicationName = value; break;
            case "connect_timeout": builder["Timeout"] = value; break;
            case "host": builder.Host = value; break;
            case "options": builder.Options = value; break;
            case "channel_binding" or "target_session_attrs" or "gssencmode" or "pgbouncer" or "schema" or "connection_limit": break;
            default: builder[name] = value; break;
        }
    }
}
