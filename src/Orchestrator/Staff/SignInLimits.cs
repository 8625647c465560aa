using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Staff;

/// <summary>How often passwords may be guessed, in this process: by address, by network, by email, and by address and email together. Only what failed counts.</summary>
/// <remarks>
/// Nobody can lock another out: when an email has had its share of wrong passwords, whoever has not failed with it from their own address still has their try.
/// A check is slow on purpose, so that few run at once: webhooks come through the same process.
/// </remarks>
public sealed class SignInLimits : IDisposable
{
    /// <summary>Wrong passwords with one email from one address.</summary>
    public const int MostOfBoth = 10;

    private const int MostOfEmail = 30;
    private const int MostOfAddress = 60;

    // Of IPv6: a site's /48 has 65,536 of what counts as one address here, and a provider may have put many homes into it.
    private const int MostOfNetwork = 300;
    // No other address is as long.
    private const int DigitsOfAddress = 16;
    private const int DigitsOfNetwork = 12;
    private const int MostWaiting = 64;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly ConcurrencyLimiter _checks = new(new ConcurrencyLimiterOptions { PermitLimit = Math.Max(2, Environment.ProcessorCount), QueueLimit = MostWaiting });
    private readonly PartitionedRateLimiter<string> _byAddress = Failures(MostOfAddress);
    private readonly PartitionedRateLimiter<string> _byNetwork = Failures(MostOfNetwork);
    private readonly PartitionedRateLimiter<string> _byEmail = Failures(MostOfEmail);
    private readonly PartitionedRateLimiter<string> _byBoth = Failures(MostOfBoth);

    /// <summary>Waits for a place to check a password in; not acquired when too many wait.</summary>
    public ValueTask<RateLimitLease> EnterAsync(CancellationToken cancel) => _checks.AcquireAsync(1, cancel);

    /// <summary>How long to wait before a password is looked at; null = it is looked at now.</summary>
    public TimeSpan? WaitOf(string email, string address) =>
        WaitOf(_byAddress, address) ?? WaitOf(_byNetwork, Network(address)) ?? WaitOf(_byBoth, Both(email, address)) ?? (HasFailed(email, address) ? WaitOf(_byEmail, Name(email)) : null);

    /// <summary>Notes a wrong password, or an email that is nobody's.</summary>
    public void Failed(string email, string address)
    {
        foreach (var (limiter, key) in new[] { (_byAddress, address), (_byNetwork, Network(address)), (_byEmail, Name(email)), (_byBoth, Both(email, address)) })
        {
            limiter.AttemptAcquire(key).Dispose();
        }
    }

    /// <summary>Where a request comes from. A proxy on this machine or in its own network says whom it speaks for; nobody else is believed.</summary>
    public static string AddressOf(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var peer = http.Connection.RemoteIpAddress;
        if (peer is not null && IsNear(peer) && IPEndPoint.TryParse(http.Request.Headers["X-Forwarded-For"].ToString().Split(',')[^1].Trim(), out var client))
        {
            // Some proxies write the port as well.
            peer = client.Address;
        }

        // Who has one address of IPv6 has 2^64 of them.
        return peer switch
        {
            null => "unknown",
            { IsIPv4MappedToIPv6: true } => peer.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } => Convert.ToHexString(peer.GetAddressBytes(), 0, 8),
            _ => peer.ToString(),
        };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _checks.Dispose();
        _byAddress.Dispose();
        _byNetwork.Dispose();
        _byEmail.Dispose();
        _byBoth.Dispose();
    }

    private static PartitionedRateLimiter<string> Failures(int most) => PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = Window, QueueLimit = 0 }), StringComparer.Ordinal);

    // Asking for none tells whether any is left.
    private static TimeSpan? WaitOf(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key, 0);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Window;
    }

    private bool HasFailed(string email, string address) => _byBoth.GetStatistics(Both(email, address))?.CurrentAvailablePermits < MostOfBoth;

    private static string Network(string address) => address.Length == DigitsOfAddress ? address[..DigitsOfNetwork] : address;

    private static string Name(string email) => email.Trim().ToLowerInvariant();

    private static string Both(string email, string address) => $"{address} {Name(email)}";

    private static bool IsNear(IPAddress peer) => IPAddress.IsLoopback(peer) || (peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer) switch
    {
        { AddressFamily: AddressFamily.InterNetworkV6 } v6 => v6.IsIPv6UniqueLocal,
        var v4 => v4.GetAddressBytes() is [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..],
    };
}
