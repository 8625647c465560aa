import type { ChatBooking, ChatSession } from './wire';

/** The server shall have noticed, too. */
const AFTER_MS = 1000;
/** One that the server still holds although its time is over is asked about again, but not all the time. */
const SOONEST_MS = 2000;

/** Notices when a time is held no more. What is left is counted from the server's own time: this device's clock may be another. */
export class Holds {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onEnd: (booking: ChatBooking) => void) {}

  watch({ now, bookings }: ChatSession): void {
    this.stop();
    const left = (booking: ChatBooking) => Date.parse(booking.expiresAt ?? '') - Date.parse(now);
    const [next] = bookings.filter((b) => b.status === 'held' && Number.isFinite(left(b))).sort((a, b) => left(a) - left(b));
    if (next) {
      this.timer = setTimeout(() => this.onEnd(next), Math.max(SOONEST_MS, left(next) + AFTER_MS));
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
