/** A moment by both clocks of the device. */
interface Moment {
  readonly steady: number;
  readonly wall: number;
}

export function moment(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/**
 * Milliseconds since then. The steady clock stands still on several phones while they sleep, and the one on the wall can
 * be set: what was asked for too early does less harm than what is not asked for, so the larger counts.
 */
export function since(then: Moment): number {
  return Math.max(performance.now() - then.steady, Date.now() - then.wall);
}

/** What time it is at the server: this device's clock may be another. */
export class ServerClock {
  private told = Number.NaN;
  private at = moment();

  set(now: string): void {
    this.told = Date.parse(now);
    this.at = moment();
  }

  now(): string {
    return new Date(Number.isFinite(this.told) ? this.told + since(this.at) : Date.now()).toISOString();
  }
}
