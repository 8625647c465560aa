using System.Diagnostics;
using System.Globalization;

namespace LeadOrchestrator.Shared.Hosting;

/// <summary>
/// Named instants at which a test may let this process die as by <c>kill -9</c>, or stand still until somebody lets it go on: <c>FAILPOINT=name:kill[:nth]</c>, or <c>stop</c>. Refused beside a real vendor.
/// </summary>
/// <remarks>The tests need it between two statements; a signal from outside hits it once in a thousand.</remarks>
public static class Failpoint
{
    /// <summary>Every point there is, in the order in which a text passes them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        TouchClaimed, AttemptCommitted, RequestConnecting, RequestWritten, AnswerHeaders, AnswerRead, OutcomeCommitted,
        CallbackReceived, CallbackCommitted, ReconcileListed, ReconcileCommitted, OptOutCommitted,
        WebhookStored, InboxClaimed, LeadCommitted, ImportBatchCommitted, AnswerBegun, FramesStored, AnswerStored, ReplyPlanned, AppointmentMade,
    ];

    /// <summary>Touch points were claimed, and the claim is committed.</summary>
    public const string TouchClaimed = "touch.claimed";

    /// <summary>The attempt is committed; the vendor has heard nothing.</summary>
    public const string AttemptCommitted = "attempt.committed";

    /// <summary>A connection to Twilio is about to be opened or taken from the pool.</summary>
    public const string RequestConnecting = "request.connecting";

    /// <summary>The request is written; nothing was read.</summary>
    public const string RequestWritten = "request.written";

    /// <summary>The head of Twilio's answer is here, its body is not.</summary>
    public const string AnswerHeaders = "answer.headers";

    /// <summary>Twilio's answer is read, and nothing of it is stored.</summary>
    public const string AnswerRead = "answer.read";

    /// <summary>The outcome is committed.</summary>
    public const string OutcomeCommitted = "outcome.committed";

    /// <summary>A status callback is verified, and nothing of it is stored.</summary>
    public const string CallbackReceived = "callback.received";

    /// <summary>A status callback is committed, and not yet answered.</summary>
    public const string CallbackCommitted = "callback.committed";

    /// <summary>The reconcile has read Twilio's list.</summary>
    public const string ReconcileListed = "reconcile.listed";

    /// <summary>The reconcile has committed what it found.</summary>
    public const string ReconcileCommitted = "reconcile.committed";

    /// <summary>An opt-out by text is committed, and not yet answered.</summary>
    public const string OptOutCommitted = "opt_out.committed";

    /// <summary>A webhook is durable, and not yet answered.</summary>
    public const string WebhookStored = "webhook.stored";

    /// <summary>Events of the inbox were claimed.</summary>
    public const string InboxClaimed = "inbox.claimed";

    /// <summary>A lead and its first touch point are committed.</summary>
    public const string LeadCommitted = "lead.committed";

    /// <summary>Some rows of a file are leads and say so, and others wait.</summary>
    public const string ImportBatchCommitted = "import.batch_committed";

    /// <summary>An answer is begun and reserved, and no model was asked.</summary>
    public const string AnswerBegun = "answer.begun";

    /// <summary>Frames of an answer are stored, and nobody has seen them.</summary>
    public const string FramesStored = "frames.stored";

    /// <summary>An answer and its end are stored, and nobody was told.</summary>
    public const string AnswerStored = "answer.stored";

    /// <summary>The text of an answer is planned, and no sender was woken.</summary>
    public const string ReplyPlanned = "reply.planned";

    /// <summary>The CRM has said that it made an appointment; nothing is stored of it yet.</summary>
    public const string AppointmentMade = "appointment.made";

    private const int MostParts = 3;
    private const string Stop = "stop";
    private static string? _armed;
    private static bool _stops;
    private static int _left;

    /// <summary>Called by the code at each of its points; nothing happens unless a test asked for this one.</summary>
    public static void Reach(string name)
    {
        if (_armed is not null && _armed == name && Interlocked.Decrement(ref _left) == 0)
        {
            if (_stops)
            {
                // Over only when the signal to go on has come, however long that takes.
                using var signal = Process.Start("kill", ["-STOP", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
                signal.WaitForExit();
                return;
            }

            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.CurrentThread.Join(); // The signal may take a moment; nothing more is done in it.
        }
    }

    /// <summary>Reads <c>FAILPOINT</c>; null = none.</summary>
    internal static (string Name, bool Stops, int Nth)? Read(Variables variables)
    {
        if (variables.Optional("FAILPOINT") is not { } text)
        {
            return null;
        }

        var parts = text.Split(':');
        var nth = 1;
        if (parts.Length is < 2 or > MostParts || !Names.Contains(parts[0]) || parts[1] is not ("kill" or Stop)
            || (parts.Length == MostParts && (!int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out nth) || nth < 1)))
        {
            variables.Problem("FAILPOINT", $"must be name:kill, name:kill:nth or the same with stop, with one of the names {string.Join(", ", Names)}");
            return null;
        }

        return (parts[0], parts[1] == Stop, nth);
    }

    internal static void Arm((string Name, bool Stops, int Nth)? point)
    {
        if (point is { } wanted)
        {
            (_left, _stops, _armed) = (wanted.Nth, wanted.Stops, wanted.Name);
        }
    }
}
