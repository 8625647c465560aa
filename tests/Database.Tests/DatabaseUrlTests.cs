using Npgsql;

namespace LeadOrchestrator.Database.Tests;

/// <summary>Both forms of <c>DATABASE_URL</c>, as hosting providers write them.</summary>
public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData("postgresql://user:pw@db.example:5433/lead", "db.example", 5433, "user", "pw", "lead")]
    [InlineData("postgres://user:pw@db.example/lead", "db.example", 5432, "user", "pw", "lead")]
    [InlineData("POSTGRESQL://user:pw@db.example/lead", "db.example", 5432, "user", "pw", "lead")]
    [InlineData("postgresql://us%40er:p%3Aw%2F%40%25@db.example/le%20ad", "db.example", 5432, "us@er", "p:w/@%", "le ad")]
    [InlineData("postgresql://user:p:w@db.example/lead", "db.example", 5432, "user", "p:w", "lead")]
    [InlineData("postgresql://user:a+b@db.example/lead", "db.example", 5432, "user", "a+b", "lead")]
    [InlineData("postgresql://user@127.0.0.1:3390/lead", "127.0.0.1", 3390, "user", null, "lead")]
    [InlineData("postgresql://user:pw@[::1]:5433/lead", "::1", 5433, "user", "pw", "lead")]
    [InlineData("postgresql://user:pw@[2001:db8::7]/lead", "2001:db8::7", 5432, "user", "pw", "lead")]
    [InlineData("Host=db.example;Port=5433;Username=user;Password=pw;Database=lead", "db.example", 5433, "user", "pw", "lead")]
    [InlineData("Server=db.example;User Id=user;Password='p;w';Database=lead", "db.example", 5432, "user", "p;w", "lead")]
    public void Host_port_user_password_and_database_are_read(string url, string host, int port, string user, string? password, string database)
    {
        var parsed = DatabaseUrl.Parse(url);

        (parsed.Host, parsed.Port, parsed.Username, parsed.Password, parsed.Database).ShouldBe((host, port, user, password, database));
    }

    [Theory]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("no-verify", SslMode.Require)]
    public void Sslmode_is_read_in_libpqs_spelling(string word, SslMode mode) =>
        DatabaseUrl.Parse($"postgresql://u:p@h/d?sslmode={word}").SslMode.ShouldBe(mode);

    [Fact]
    public void Other_parameters_of_the_url_are_taken_or_passed_over()
    {
        var parsed = DatabaseUrl.Parse(
            "postgresql://u:p@h/d?sslmode=require&channel_binding=require&connect_timeout=7&application_name=shop&options=-c%20search_path%3Dlead&Maximum%20Pool%20Size=12&schema=public&pgbouncer=true");

        parsed.Timeout.ShouldBe(7);
        parsed.ApplicationName.ShouldBe("shop");
        parsed.Options.ShouldBe("-c search_path=lead");
        parsed.MaxPoolSize.ShouldBe(12);
    }

    [Theory]
    [InlineData("connection_limit=5&pool_timeout=20&socket_timeout=9&statement_cache_size=0&pgbouncer=true&schema=public")]
    [InlineData("keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=5&tcp_user_timeout=9")]
    [InlineData("uselibpqcompat=true&statement_timeout=5000&query_timeout=5000&idle_in_transaction_session_timeout=9")]
    [InlineData("gssencmode=disable&target_session_attrs=read-write&ssl_min_protocol_version=TLSv1.2&sslsni=1&client_encoding=utf8&sslrootcert=system&sslnegotiation=direct")]
    public void What_libpq_node_postgres_and_Prisma_know_stops_no_start(string query) =>
        DatabaseUrl.Parse($"postgresql://u:p@h/d?{query}").Host.ShouldBe("h");

    [Fact]
    public void A_certificate_of_the_clients_and_its_key_are_taken()
    {
        var parsed = DatabaseUrl.Parse("postgresql://h/d?user=u&password=p&sslcert=/c.pem&sslkey=/k.pem&sslpassword=s&sslrootcert=/r.pem&sslmode=verify-full");

        (parsed.Username, parsed.Password, parsed.SslCertificate, parsed.SslKey, parsed.SslPassword, parsed.RootCertificate, parsed.SslMode).ShouldBe(
            ("u", "p", "/c.pem", "/k.pem", "s", "/r.pem", SslMode.VerifyFull));
    }

    [Theory]
    [InlineData("ssl=true", SslMode.Require)]
    [InlineData("ssl=false", SslMode.Disable)]
    [InlineData("sslaccept=strict", SslMode.VerifyFull)]
    [InlineData("sslaccept=accept_invalid_certs", SslMode.Require)]
    public void The_words_of_other_libraries_for_encryption_are_read(string query, SslMode mode) => DatabaseUrl.Parse($"postgresql://u:p@h/d?{query}").SslMode.ShouldBe(mode);

    [Theory]
    [InlineData("nonsense=hunter2", "nonsense")]
    [InlineData("sslmode=hunter2", "sslmode")]
    [InlineData("connect_timeout=hunter2", "connect_timeout")]
    public void A_parameter_that_is_none_is_named_and_not_its_value(string query, string name)
    {
        var refusal = Should.Throw<FormatException>(() => DatabaseUrl.Parse($"postgresql://u:p@h/d?{query}"));

        refusal.Message.ShouldContain($"parameter {name} ");
        refusal.ToString().ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hunter2")]
    [InlineData("mysql://user:hunter2@host/lead")]
    [InlineData("postgresql://user:hunter2@host:notaport/lead")]
    [InlineData("postgresql://user:hunter2@host:99999/lead")]
    [InlineData("postgresql://user:hunter2@/lead")]
    [InlineData("postgresql://user:hunter2@host/lead?sslmode=hunter2")]
    [InlineData("postgresql://user:hunter2@host/lead?nonsense=hunter2")]
    [InlineData("postgresql://user:hun#ter2@host/lead")]
    [InlineData("postgresql://user:12?hunter2&x@host/lead")]
    [InlineData("Host=h;Password=hunter2;Nonsense=hunter2")]
    [InlineData("Host=h;Port=hunter2")]
    [InlineData("Password=hunter2")]
    public void What_is_neither_form_is_refused_without_repeating_it(string value)
    {
        var refusal = Should.Throw<FormatException>(() => DatabaseUrl.Parse(value));

        refusal.ToString().ShouldNotContain("hunter2");
        refusal.Message.ShouldContain("postgresql://user:password@host:5432/database");
    }
}
