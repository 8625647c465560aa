import { useState } from 'react';
import { calendarUrl } from '../api';
import type { ChatClient } from '../chatClient';
import { dollars, timeAtShop } from '../format';
import { texts } from '../texts';
import type { ChatBooking } from '../wire';

interface BookingCardProps {
  client: ChatClient;
  sessionId: string;
  booking: ChatBooking;
}

const BUTTON = 'min-h-11 rounded-full px-5 font-medium disabled:opacity-60';
const PLAIN = `${BUTTON} border border-line text-link hover:bg-tint`;

/** A time that is held for the customer, or their appointment. Only a tap on Confirm books it. */
export function BookingCard({ client, sessionId, booking }: BookingCardProps) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [asking, setAsking] = useState(false);
  const { timezone } = booking;
  const held = booking.status === 'held';

  const tap = async (what: 'confirm' | 'cancel') => {
    setBusy(true);
    setFailed(false);
    setFailed(!(await client.tapBooking(booking, what)));
    setAsking(false);
    setBusy(false);
  };

  return (
    <li className="mt-4 rounded-2xl border border-line bg-surface p-4 motion-safe:animate-arrive">
      <h3 className={`text-sm font-medium ${held ? 'text-muted' : 'text-good'}`}>{held ? texts.booking.held : texts.booking.booked}</h3>
      <p className="mt-1 font-medium">{booking.serviceName}</p>
      <p>
        <time dateTime={booking.startsAt}>{timeAtShop(booking.startsAt, timezone)}</time>
      </p>
      <p>{dollars(booking.priceCents)}</p>
      {held && booking.expiresAt !== null && (
        <p className="mt-1 text-sm text-muted">{texts.booking.notBooked(timeAtShop(booking.expiresAt, timezone, 'time'))}</p>
      )}
      <div className="mt-3 flex flex-wrap gap-2">
        {held ? (
          <>
            <button type="button" disabled={busy} onClick={() => void tap('confirm')} className={`${BUTTON} bg-accent text-on-accent hover:bg-accent-strong`}>
              {texts.booking.confirm}
            </button>
            <button type="button" disabled={busy} onClick={() => void tap('cancel')} className={PLAIN}>
              {texts.booking.cancel}
            </button>
          </>
        ) : asking ? (
          <>
            <button type="button" disabled={busy} onClick={() => void tap('cancel')} className={`${BUTTON} border border-line text-bad hover:bg-tint`}>
              {texts.booking.reallyCancel}
            </button>
            <button type="button" disabled={busy} onClick={() => setAsking(false)} className={PLAIN}>
              {texts.booking.keep}
            </button>
          </>
        ) : (
          <>
            <a href={calendarUrl(sessionId, booking.bookingId)} download="appointment.ics" className={`${PLAIN} inline-flex items-center`}>
              {texts.booking.toCalendar}
            </a>
            <button type="button" onClick={() => setAsking(true)} className={PLAIN}>
              {texts.booking.cancelAppointment}
            </button>
          </>
        )}
      </div>
      {failed && (
        <p role="alert" className="mt-2 text-sm text-bad">
          {texts.booking.network}
        </p>
      )}
    </li>
  );
}
