import type { RefObject } from 'react';
import type { ChatClient } from '../chatClient';
import { timeAtShop } from '../format';
import { texts } from '../texts';
import type { ChatBooking } from '../wire';
import { BookingCard } from './BookingCard';
import { OpensIcon } from './icons';

interface AppointmentsProps {
  client: ChatClient;
  sessionId: string;
  /** In the order of time. */
  bookings: readonly ChatBooking[];
  line: RefObject<HTMLElement | null>;
  onGone(): void;
}

/** The customer's appointments in one line that opens: they stay at hand, and out of the way of what is said. */
export function Appointments({ client, sessionId, bookings, line, onGone }: AppointmentsProps) {
  const [next] = bookings;
  if (!next) {
    return null;
  }
  const time = timeAtShop(next.startsAt, next.timezone, 'short');
  return (
    <details className="group shrink-0 border-b border-line bg-surface wrap-anywhere">
      <summary ref={line} className="pad-sides-safe flex min-h-11 cursor-pointer list-none items-center gap-2 py-1.5 text-sm font-medium text-good focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <span className="min-w-0 flex-1">{bookings.length === 1 ? texts.booking.bookedAt(time) : texts.booking.severalBooked(bookings.length, time)}</span>
        <OpensIcon className="size-4 shrink-0 group-open:rotate-180" />
      </summary>
      <ul aria-label={texts.booking.list} className="pad-sides-safe max-h-[40dvh] space-y-3 overflow-y-auto overscroll-contain pb-3">
        {bookings.map((booking) => (
          <BookingCard key={booking.bookingId} client={client} sessionId={sessionId} booking={booking} onGone={onGone} />
        ))}
      </ul>
    </details>
  );
}
