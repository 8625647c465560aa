using LeadOrchestrator.Shared.Hosting;
using LeadOrchestrator.Shared.Messages;

namespace LeadOrchestrator.Shared.Appointments;

/// <summary>Tells a lead's conversation what became of a booking, whoever changed it: the open page shows it, and staff and the assistant read it there.</summary>
public sealed class BookingNews(MessageStore messages)
{
    /// <summary>Tells it in the transaction that changes the booking, behind the locks of the lead and its appointment. A lead that nobody has spoken with has no conversation, and nothing is told.</summary>
    /// <param name="what">Null: nothing that the conversation has to remember.</param>
    /// <returns>The frames, for viewers of this process.</returns>
    public async Task<IReadOnlyList<Frame>> TellAsync(TenantTransaction transaction, Appointment appointment, BookingEvent? what, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(appointment);
        if (await AppointmentStore.FindListenerAsync(transaction, appointment, cancel) is not { } listener)
        {
            return [];
        }

        var frames = new List<Frame> { await messages.TellAsync(transaction, listener.SessionId, FrameTypes.BookingChanged, new BookingChanged(appointment.Id, appointment.Status), cancel) };
        if (what is { } news)
        {
            var words = BookingWords.Note(news, appointment, listener.Timezone, listener.Language);
            frames.Add((await messages.AppendAsync(transaction, new NewThreadMessage(listener.SessionId, MessageRoles.System, MessageChannels.Chat, words), cancel)).Frame!);
        }

        return frames;
    }
}
