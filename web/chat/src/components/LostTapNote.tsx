import type { LostTap } from '../lostTap';
import { timeAtShop } from '../format';
import { texts } from '../texts';

/** Says that a tap came too late, and for what: by then its card may be gone. */
export function LostTapNote({ lost: { booking, reason, alternatives } }: { lost: LostTap }) {
  return (
    <div role="alert" className="mt-4 rounded-2xl border border-line bg-surface p-4 motion-safe:animate-arrive">
      <p className="font-medium text-bad">{texts.booking.lost[reason]}</p>
      <p className="mt-1 text-muted">
        {booking.serviceName}, <time dateTime={booking.startsAt}>{timeAtShop(booking.startsAt, booking.timezone)}</time>
      </p>
      {alternatives.length > 0 && (
        <>
          <p className="mt-2">{texts.booking.freeInstead}</p>
          <ul>
            {alternatives.map((time) => (
              <li key={time}>
                <time dateTime={time}>{timeAtShop(time, booking.timezone)}</time>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
