using Npgsql;

namespace LeadOrchestrator.Database;

/// <summary>Reads <c>DATABASE_URL</c> in both of its forms: <c>postgresql://user:pw@host:port/db?sslmode=require</c> and Npgsql's <c>Host=…;Database=…</c>.</summary>
public static class DatabaseUrl
{
    private const string Expected = "expected postgresql://user:password@host:5432/database or Host=…;Username=…;Database=…";

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
        catch (ParameterException wrong)
        {
            throw new FormatException($"not a PostgreSQL address: its parameter {wrong.Message} is not known, or cannot have that value ({Expected})");
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            throw new FormatException($"not a PostgreSQL address: {Expected}");
        }
    }

    private static bool IsRefusal(Exception exception) => exception is ArgumentException or FormatException or KeyNotFoundException or OverflowException;

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
            var (name, value) = (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
            try
            {
                Set(builder, name, value);
            }
            // An @ in here is that of a password with a ? in it: then nothing of this is a name.
            catch (Exception exception) when (IsRefusal(exception) && !uri.Query.Contains('@', StringComparison.Ordinal))
            {
                throw new ParameterException(name);
            }
        }

        return builder;
    }

    // The names of libpq, node-postgres and Prisma, which hosting providers write into their URLs; what has no meaning for Npgsql is passed over.
    private static void Set(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "sslmode" when value == "no-verify": builder.SslMode = SslMode.Require; break; // encrypted, whoever it is: what Require is here
            case "sslmode": builder["SSL Mode"] = value.Replace("-", "", StringComparison.Ordinal); break;
            case "ssl" or "sslaccept": builder.SslMode = value switch { "false" or "0" => SslMode.Disable, "strict" => SslMode.VerifyFull, _ => SslMode.Require }; break;
            case "sslnegotiation": builder["SSL Negotiation"] = value; break;
            case "sslrootcert" when value == "system": break; // this machine's own are looked at anyway
            case "sslrootcert": builder.RootCertificate = value; break;
            case "sslcert" or "sslidentity": builder.SslCertificate = value; break;
            case "sslkey": builder.SslKey = value; break;
            case "sslpassword": builder.SslPassword = value; break;
            case "user": builder.Username = value; break;
            case "dbname": builder.Database = value; break;
            case "application_name" or "fallback_application_name": builder.ApplicationName = value; break;
            case "connect_timeout": builder["Timeout"] = value; break;
            case "host": builder.Host = value; break;
            case "options": builder.Options = value; break;
            case "channel_binding" or "target_session_attrs" or "gssencmode" or "krbsrvname" or "gsslib" or "require_auth" or "load_balance_hosts" or "hostaddr" or "client_encoding"
                or "sslcompression" or "sslcrl" or "sslcrldir" or "sslsni" or "sslcertmode" or "ssl_min_protocol_version" or "ssl_max_protocol_version" or "requirepeer"
                or "keepalives" or "keepalives_idle" or "keepalives_interval" or "keepalives_count" or "tcp_user_timeout"
                or "pgbouncer" or "schema" or "connection_limit" or "pool_timeout" or "socket_timeout" or "statement_cache_size" or "max_idle_connection_lifetime" or "max_connection_lifetime"
                or "uselibpqcompat" or "statement_timeout" or "query_timeout" or "lock_timeout" or "idle_in_transaction_session_timeout": break;
            default: builder[name] = value; break;
        }
    }

    private sealed class ParameterException(string name) : Exception(name);
}
