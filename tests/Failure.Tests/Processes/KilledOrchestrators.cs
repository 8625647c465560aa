using LeadOrchestrator.Rig;
using LeadOrchestrator.Shared.Hosting;

namespace LeadOrchestrator.Failure.Tests.Processes;

/// <summary>
/// One Orchestrator after the other dies at one of the named points, while another one lives. What it held is taken over by whoever lives, in real time.
/// </summary>
public sealed class KilledOrchestrators : WholeSystem
{
    private readonly Dictionary<string, KillScene> _scenes = [];

    /// <summary>The points of an Orchestrator; a claim that waits for its lease comes first, so that the others pass in its time.</summary>
    public static IReadOnlyList<string> Points { get; } =
    [
        Failpoint.InboxClaimed, Failpoint.LeadCommitted, Failpoint.WebhookStored,
        .. Failpoint.Names.Except([Failpoint.InboxClaimed, Failpoint.LeadCommitted, Failpoint.WebhookStored, Failpoint.AnswerBegun, Failpoint.FramesStored, Failpoint.ImportBatchCommitted, Failpoint.AnswerStored, Failpoint.ReplyPlanned, Failpoint.AppointmentMade]),
    ];

    /// <summary>What is right when nothing is under way any more.</summary>
    public Verdict Verdict { get; private set; } = null!;

    protected override RigOptions Options => new() { Orchestrators = 2, ChatApis = 0 };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var killer = new Killer(Rig);
        foreach (var point in Points)
        {
            _scenes[point] = await killer.KillAtAsync(point);
        }

        await killer.EndAsync();
        Verdict = await Judge.AtRestAsync(TimeSpan.FromSeconds(100));
    }

    /// <summary>What happened at a point.</summary>
    public KillScene SceneOf(string point) => _scenes[point];
}
