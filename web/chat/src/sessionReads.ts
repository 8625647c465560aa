import { ApiError, readSession } from './api';
import { backoff, pause } from './backoff';
import { inTime } from './deadline';
import { moment, since } from './elapsed';
import type { ChatSession } from './wire';

interface SessionReadsOptions {
  signal: AbortSignal;
  sessionId: string;
  /** What the page knew when the read began; comes back with what was read. */
  modeSeq(): number;
  onRead(session: ChatSession, modeSeq: number): void;
  onGone(): void;
}

/** Reads the session anew when something says that it has changed, and again until one read has got through. */
export class SessionReads {
  private begun = 0;
  private taken = 0;
  private failures = 0;
  private readAt = moment();

  constructor(private readonly options: SessionReadsOptions) {}

  /** Milliseconds since the session was read. */
  get age(): number {
    return since(this.readAt);
  }

  /** Ends with the first try and says whether it got through; the next ones come by themselves. */
  async read(): Promise<boolean> {
    const { signal, sessionId, onRead, onGone } = this.options;
    const read = (this.begun += 1);
    const modeSeq = this.options.modeSeq();
    const at = moment();
    try {
      const session = await inTime(signal, (request) => readSession(sessionId, request));
      // Of several that were asked for at the same time the newest that got through counts.
      if (read > this.taken && !signal.aborted) {
        this.taken = read;
        this.failures = 0;
        this.readAt = at;
        onRead(session, modeSeq);
      }
      return true;
    } catch (error) {
      if (signal.aborted) {
        return false;
      }
      if (error instanceof ApiError && error.isFinal) {
        onGone();
      } else {
        void this.readAgain(read, error);
      }
      return false;
    }
  }

  private async readAgain(read: number, error: unknown): Promise<void> {
    const { signal } = this.options;
    this.failures += 1;
    await pause((error instanceof ApiError ? error.retryAfterMs : null) ?? backoff(this.failures), signal);
    // Who has asked anew meanwhile tries again, too.
    if (read === this.begun && !signal.aborted) {
      await this.read();
    }
  }
}
