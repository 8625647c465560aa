using System.Text;
using LeadOrchestrator.Bench.Bed;
using LeadOrchestrator.Bench.Driving;
using LeadOrchestrator.Bench.Measuring;

namespace LeadOrchestrator.Bench.Benches;

/// <summary>Somebody who answers questions in a stream: the product, the peer, or the model itself.</summary>
/// <param name="Name">One of <see cref="Targets"/>.</param>
/// <param name="Server">Whose CPU and memory are counted; null = nobody's.</param>
/// <param name="EndMark">Comes behind the last token of a whole answer.</param>
/// <param name="Ask">Makes a question of the session with this number, counted from 0: each is another one.</param>
internal sealed record AnswerTarget(string Name, Server? Server, Uri Url, byte[] EndMark, Func<int, byte[]> Ask)
{
    /// <summary>Where its sessions are asked, in turns.</summary>
    public IReadOnlyList<Uri> Doors { get; init; } = [Url];

    /// <summary>Where this session is asked.</summary>
    public Uri DoorOf(int session) => Doors[session % Doors.Count];

    private const string Question = "How much would new front brakes cost for my Camry?";

    /// <summary>The product, asked at one of its services with each session's own cookie, each message with an id of its own.</summary>
    /// <param name="server">Whose costs are counted.</param>
    /// <param name="door">The service that is asked.</param>
    public static AnswerTarget Product(Server server, Uri door, byte[] signingKey, Guid tenant, int sessions)
    {
        var known = Enumerable.Range(1, sessions).Select(ChatSeed.SessionId).Select(id => (Path: PathOf(id), Cookie: ChatCookie.HeaderFor(signingKey, tenant, id))).ToArray();
        return new AnswerTarget(Targets.Product, server, door, Encoding.ASCII.GetBytes("event: answer.completed"), session =>
            HttpRequestBytes.Post(known[session].Path, known[session].Cookie,
                Encoding.ASCII.GetBytes($$"""{"clientMessageId":"{{Guid.CreateVersion7()}}","content":"{{Question}}"}""")));
    }

    /// <summary>The peer, which asks for no credential.</summary>
    public static AnswerTarget Peer(Server server, int sessions)
    {
        var known = Enumerable.Range(1, sessions).Select(ChatSeed.SessionId)
            .Select(id => HttpRequestBytes.Post(PathOf(id), "", Encoding.ASCII.GetBytes($$"""{"content":"{{Question}}"}"""))).ToArray();
        return new AnswerTarget(Targets.Peer, server, server.Url, Encoding.ASCII.GetBytes("\"type\":\"done\""), session => known[session]);
    }

    /// <summary>The model with nobody in between: the most that this machine and this load generator can show.</summary>
    public static AnswerTarget Model(Uri vendors)
    {
        var question = HttpRequestBytes.Post("/v1/messages", "", Encoding.ASCII.GetBytes($$"""{"stream":true,"messages":[{"role":"user","content":"{{Question}}"}]}"""));
        return new AnswerTarget(Targets.Limit, null, vendors, Encoding.ASCII.GetBytes("\"type\":\"message_stop\""), _ => question);
    }

    private static string PathOf(Guid session) => $"/api/chat/sessions/{session}/messages";
}
