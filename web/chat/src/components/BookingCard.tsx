import { useLayoutEffect, useRef, useState } from 'react';
import { calendarUrl } from '../api';
import type { ChatClient } from '../chatClient';
import { dollars, timeAtShop } from '../format';
import { texts } from '../texts';
import type { ChatBooking } from '../wire';
import { ActionButton } from './ActionButton';

interface BookingCardProps {
  client: ChatClient;
  sessionId: string;
  booking: ChatBooking;
  /** The appointment that ends when this one is confirmed. */
  replaced?: ChatBooking | undefined;
  /** Called when the card goes away while it has the focus, which must not be lost. */
  onGone(): void;
}

const BUTTON = 'min-h-11 rounded-full px-5 font-medium aria-disabled:opacity-60';
const PLAIN = `${BUTTON} border border-line text-link hover:bg-tint`;

/** A time that is held for the customer, or their appointment. Only a tap on Confirm books it. */
export function BookingCard({ client, sessionId, booking, replaced, onGone }: BookingCardProps) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [asking, setAsking] = useState(false);
  const { timezone } = booking;
  const held = booking.status === 'held';
  const card = useRef<HTMLLIElement>(null);
  const gone = useRef(onGone);
  // A button that was pressed makes room for others: who presses by keyboard goes on from the card.
  const focus = () => card.current?.focus({ preventScroll: true });

  // A layout effect: it ends while the card is still in the document.
  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      if (element?.contains(document.activeElement)) {
        gone.current();
      }
    };
  }, []);

  const tap = async (what: 'confirm' | 'cancel') => {
    setBusy(true);
    setFailed(false);
    setFailed(!(await client.tapBooking(booking, what)));
    setAsking(false);
    setBusy(false);
  };

  const ask = (on: boolean) => () => {
    setAsking(on);
    return Promise.resolve();
  };

  return (
    <li ref={card} tabIndex={-1} className="rounded-2xl border border-line bg-surface p-4 motion-safe:animate-arrive">
      <h2 className={`text-sm font-medium ${held ? 'text-muted' : 'text-good'}`}>{held ? texts.booking.held : texts.booking.booked}</h2>
      <p className="mt-1 font-medium">{booking.serviceName}</p>
      <p>
        <time dateTime={booking.startsAt}>{timeAtShop(booking.startsAt, timezone)}</time>
      </p>
      <p>{dollars(booking.priceCents)}</p>
      {held && booking.expiresAt !== null && (
        <p className="mt-1 text-sm text-muted">{texts.booking.notBooked(timeAtShop(booking.expiresAt, timezone, 'time'))}</p>
      )}
      {replaced && <p className="mt-1 text-sm">{texts.booking.replaces(timeAtShop(replaced.startsAt, replaced.timezone))}</p>}
      <div className="mt-3 flex flex-wrap gap-2">
        {held ? (
          <>
            <ActionButton key="confirm" waits={busy} onAct={() => tap('confirm')} onGone={focus} className={`${BUTTON} bg-accent text-on-accent hover:bg-accent-strong`}>
              {texts.booking.confirm}
            </ActionButton>
            <ActionButton key="cancel" waits={busy} onAct={() => tap('cancel')} onGone={focus} className={PLAIN}>
              {texts.booking.cancel}
            </ActionButton>
          </>
        ) : asking ? (
          <>
            <ActionButton key="really" waits={busy} onAct={() => tap('cancel')} onGone={focus} className={`${BUTTON} border border-line text-bad hover:bg-tint`}>
              {texts.booking.reallyCancel}
            </ActionButton>
            <ActionButton key="keep" waits={busy} onAct={ask(false)} onGone={focus} className={PLAIN}>
              {texts.booking.keep}
            </ActionButton>
          </>
        ) : (
          <>
            <a href={calendarUrl(sessionId, booking.bookingId)} download="appointment.ics" className={`${PLAIN} inline-flex items-center`}>
              {texts.booking.toCalendar}
            </a>
            <ActionButton key="ask" onAct={ask(true)} onGone={focus} className={PLAIN}>
              {texts.booking.cancelAppointment}
            </ActionButton>
          </>
        )}
      </div>
      {failed && (
        <p role="alert" className="mt-2 text-sm text-bad">
          {texts.notThrough}
        </p>
      )}
    </li>
  );
}
