import { ApiError, openStream } from './api';
import { backoff, pause } from './backoff';
import { ANSWER_MS, withDeadline } from './deadline';
import { moment, since } from './elapsed';
import { readEvents } from './eventStream';
import type { ChatEvent } from './wire';

/** A page left in the background gives its line back after this long. */
const HIDDEN_GRACE_MS = 60_000;

/** The server speaks at least every 15 s; after a longer quiet a page that wakes does not trust its line. */
const QUIET_MS = 20_000;

interface LiveStreamOptions {
  sessionId: string;
  /** The `seq` after which the first connection begins. */
  after: number;
  onEvent(event: ChatEvent): void;
  onConnection(connected: boolean): void;
  /** Something came: the session is ours to read. */
  onHeard?(): void;
  /** The session is no longer ours to read. */
  onGone(): void;
}

/**
 * Keeps one stream of the session open while the page is looked at. It keeps its own place in the session's order, so
 * a cut line goes on exactly where it stopped.
 */
export class LiveStream {
  private after: number;
  private failures = 0;
  private lastHeard = moment();
  private following = false;
  private running: AbortController | null = null;
  /** The connection of this moment, or the wait before the next. */
  private step: AbortController | null = null;
  private hideTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LiveStreamOptions) {
    this.after = options.after;
  }

  /** Does it bring the session's events at this moment? */
  get isFollowing(): boolean {
    return this.following;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.visibilityChanged);
    window.addEventListener('online', this.reconnectNow);
    window.addEventListener('pageshow', this.pageShown);
    this.connect();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.visibilityChanged);
    window.removeEventListener('online', this.reconnectNow);
    window.removeEventListener('pageshow', this.pageShown);
    clearTimeout(this.hideTimer);
    this.disconnect();
  }

  /** Drops whatever is under way and connects again, with no wait: nothing is lost, the place is kept. */
  readonly reconnectNow = (): void => {
    this.failures = 0;
    this.step?.abort();
    this.connect();
  };

  private readonly pageShown = (event: PageTransitionEvent): void => {
    if (event.persisted) {
      this.reconnectNow();
    }
  };

  private readonly visibilityChanged = (): void => {
    clearTimeout(this.hideTimer);
    if (document.visibilityState === 'hidden') {
      this.hideTimer = setTimeout(() => this.disconnect(), HIDDEN_GRACE_MS);
    } else if (!this.running || since(this.lastHeard) > QUIET_MS) {
      this.reconnectNow();
    }
  };

  private connect(): void {
    if (!this.running) {
      this.running = new AbortController();
      void this.run(this.running.signal);
    }
  }

  private disconnect(): void {
    this.running?.abort();
    this.running = null;
    this.step?.abort();
  }

  private async run(running: AbortSignal): Promise<void> {
    while (!running.aborted) {
      const step = (this.step = new AbortController());
      const delay = await this.follow(running, step.signal);
      step.abort();
      if (delay === null) {
        return;
      }
      if (delay > 0 && !running.aborted) {
        this.step = new AbortController();
        await pause(delay, this.step.signal);
      }
    }
  }

  /** Follows the stream until it ends; then how long to wait, or null when there is nothing left to follow. */
  private async follow(running: AbortSignal, step: AbortSignal): Promise<number | null> {
    let planned: number | null = null;
    try {
      this.lastHeard = moment();
      const body = await withDeadline(openStream(this.options.sessionId, this.after, step), ANSWER_MS);
      this.following = true;
      this.options.onConnection(true);
      await readEvents(body, step, {
        onBytes: () => this.heard(),
        onEvent: (event) => this.options.onEvent(event),
        onSeq: (seq) => (this.after = Math.max(this.after, seq)),
        onReconnect: (afterMs) => (planned = afterMs),
      });
      return planned ?? this.failed(null);
    } catch (error) {
      if (running.aborted) {
        return null;
      }
      if (step.aborted) {
        return 0;
      }
      if (error instanceof ApiError && error.isFinal) {
        this.options.onGone();
        return null;
      }
      return planned ?? this.failed(error);
    } finally {
      this.following = false;
    }
  }

  private heard(): void {
    this.lastHeard = moment();
    this.failures = 0;
    this.options.onHeard?.();
  }

  private failed(error: unknown): number {
    this.failures += 1;
    // One cut is mended unseen; what the reader should know is that coming back does not work.
    if (this.failures > 1) {
      this.options.onConnection(false);
    }
    const asked = error instanceof ApiError ? error.retryAfterMs : null;
    return asked ?? backoff(this.failures);
  }
}
