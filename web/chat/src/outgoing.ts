import { ApiError, sendMessage } from './api';
import { backoff, pause } from './backoff';
import { ANSWER_MS, withDeadline } from './deadline';
import { readEvents } from './eventStream';
import { failureOf } from './sending';
import type { SendFailure } from './session';
import type { ChatEvent } from './wire';

const SEND_TRIES = 3;

interface OutgoingOptions {
  signal: AbortSignal;
  sessionId: string;
  isStored(clientMessageId: string): boolean;
  /** Does the live stream bring the session's events? */
  isFollowed(): boolean;
  onEvent(event: ChatEvent): void;
  onStored(): void;
  onFailed(clientMessageId: string, failure: SendFailure): void;
  /** An answer was read to its end. */
  onEnded(): void;
  /** Opens the session again; false when it is not ours any more. */
  reopen(): Promise<boolean>;
}

/** Sends the customer's messages, one after the other, so that the history has them in the order of writing. */
export class Outgoing {
  private queue: Promise<void> = Promise.resolve();
  /** Those on their way, and what is to be called when they are stored. */
  private readonly waiting = new Map<string, () => void>();
  /** The lines that bring an answer, the newest last. */
  private readonly lines = new Set<AbortController>();

  constructor(private readonly options: OutgoingOptions) {}

  enqueue(clientMessageId: string, content: string): void {
    this.queue = this.queue.then(() => this.deliver(clientMessageId, content));
  }

  /** Whoever brought it: what is stored keeps no other message waiting, though its own line may be dead. */
  noticeStored(): void {
    for (const [clientMessageId, stored] of this.waiting) {
      if (this.options.isStored(clientMessageId)) {
        stored();
      }
    }
  }

  private async deliver(clientMessageId: string, content: string): Promise<void> {
    const { signal, isStored, onStored, onFailed } = this.options;
    let reopened = false;
    for (let tries = 1; !signal.aborted && !isStored(clientMessageId); tries += 1) {
      try {
        await this.attempt(clientMessageId, content);
      } catch (error) {
        if (error instanceof ApiError && error.isGone && !reopened) {
          reopened = true;
          if (await this.options.reopen().catch(() => false)) {
            continue;
          }
        }
        const final = error instanceof ApiError && (error.isFinal || error.status === 429);
        if (final || tries >= SEND_TRIES) {
          onFailed(clientMessageId, failureOf(error));
          return;
        }
        await pause(backoff(tries), signal);
      }
    }
    onStored();
  }

  /** Resolves once the message is stored, and reads its answer on; rejects when it may not have been stored. */
  private attempt(clientMessageId: string, content: string): Promise<void> {
    const { signal, sessionId, isStored, onEvent, onEnded } = this.options;
    const request = new AbortController();
    const end = () => request.abort();
    signal.addEventListener('abort', end);

    return new Promise((resolve, reject) => {
      const settle = (error: unknown) => (isStored(clientMessageId) ? resolve() : reject(error));
      this.waiting.set(clientMessageId, resolve);
      this.lines.add(request);
      withDeadline(sendMessage(sessionId, { clientMessageId, content }, request.signal), ANSWER_MS)
        .then((body) =>
          readEvents(body, request.signal, {
            onEvent: (event) => {
              onEvent(event);
              if (isStored(clientMessageId)) {
                resolve();
                this.readOnlyNewest(request);
              }
            },
          }),
        )
        .then(() => {
          settle(new Error('The answer ended before the message was confirmed.'));
          onEnded();
        }, settle)
        .finally(() => {
          signal.removeEventListener('abort', end);
          this.waiting.delete(clientMessageId);
          this.lines.delete(request);
          end();
        });
    });
  }

  /**
   * A browser opens six lines to a server, and no more requests get through while a burst of messages holds them all:
   * what the answers before this one still bring comes over the live stream, too.
   */
  private readOnlyNewest(request: AbortController): void {
    if (request === [...this.lines].at(-1) && this.options.isFollowed()) {
      this.lines.forEach((line) => line !== request && line.abort());
    }
  }
}
