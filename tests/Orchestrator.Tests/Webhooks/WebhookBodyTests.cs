using LeadOrchestrator.Orchestrator.Webhooks;
using LeadOrchestrator.Shared.Hosting;
using Microsoft.AspNetCore.Http;

namespace LeadOrchestrator.Orchestrator.Tests.Webhooks;

/// <summary>The bytes of a delivery, of which anybody may say how many there will be.</summary>
public sealed class WebhookBodyTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 3)]
    [InlineData(16 * 1024, 1000)]
    [InlineData(100_000, 1000)]
    [InlineData((int)ServiceHost.MaxRequestBytes, 1 << 20)]
    public async Task A_body_arrives_whole_in_whatever_pieces_and_whether_its_length_is_said_or_not(int length, int piece)
    {
        var sent = new byte[length];
        Random.Shared.NextBytes(sent);

        (await ReadAsync(new Pieces(sent, piece), length)).ShouldBe(sent);
        (await ReadAsync(new Pieces(sent, piece), null)).ShouldBe(sent);
    }

    [Fact]
    public async Task What_is_larger_than_a_mebibyte_is_not_read()
    {
        var large = new byte[ServiceHost.MaxRequestBytes + 1];

        (await ReadAsync(new Pieces(large, 1000), large.Length)).ShouldBeNull();
        (await ReadAsync(new Pieces(large, 1000), null)).ShouldBeNull();
    }

    [Fact]
    public async Task No_more_memory_is_taken_for_a_body_than_twice_what_has_come_of_it()
    {
        var body = new Pieces(new byte[ServiceHost.MaxRequestBytes], 4096);

        await ReadAsync(body, ServiceHost.MaxRequestBytes);

        body.LargestFirst.ShouldBeLessThanOrEqualTo(16 * 1024);
        body.MostAhead.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_408()
    {
        using var deadline = new CancellationTokenSource();
        var reading = ReadAsync(new Pieces([], 1, neverEnds: true), 10, deadline.Token);

        await deadline.CancelAsync();

        (await Should.ThrowAsync<BadHttpRequestException>(reading)).StatusCode.ShouldBe(408);
    }

    private static Task<byte[]?> ReadAsync(Stream body, long? length, CancellationToken cancel = default)
    {
        var context = new DefaultHttpContext();
        (context.Request.Body, context.Request.ContentLength) = (body, length);
        return WebhookBody.ReadAsync(context, cancel);
    }

    private sealed class Pieces(byte[] bytes, int piece, bool neverEnds = false) : MemoryStream(bytes)
    {
        // How much the reader had ready when nothing had come.
        public int LargestFirst { get; private set; }

        // How many times as much as had come.
        public double MostAhead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (neverEnds)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            (LargestFirst, MostAhead) = Position == 0 ? (buffer.Length, 0) : (LargestFirst, Position < 16 * 1024 ? 0 : Math.Max(MostAhead, (double)buffer.Length / Position));
            return Read(buffer.Span[..Math.Min(piece, buffer.Length)]);
        }
    }
}
