import { ApiError, cancelBooking, confirmBooking, earlierMessages, readSession, sendMessage, stopAnswer, wishContact } from './api';
import { backoff, pause } from './backoff';
import { readEvents, withDeadline } from './eventStream';
import { LiveStream } from './liveStream';
import { lostOf, type LostTap } from './lostTap';
import { openChat } from './opening';
import { loadUnsent, saveUnsent } from './outbox';
import { failureOf, newId } from './sending';
import { openSession, reduce, resumePoint, type SessionAction, type SessionState } from './session';
import { speak } from './texts';
import type { ChatBooking, ChatEvent, ChatSession } from './wire';

export type ChatView =
  | { phase: 'opening'; trouble: boolean }
  | { phase: 'dead' }
  | { phase: 'open'; session: SessionState; connected: boolean; lost: LostTap | null };

const SEND_TRIES = 3;
const ANSWER_MS = 20_000;
/** Whether the shop is open is worth asking again after this long. */
const SESSION_STALE_MS = 5 * 60_000;

/** The page's one connection to the server: opens the session, follows it, sends. React reads it as a store. */
export class ChatClient {
  private view: ChatView = { phase: 'opening', trouble: false };
  private readonly listeners = new Set<() => void>();
  private life = new AbortController();
  private wait = new AbortController();
  private live: LiveStream | null = null;
  private sending: Promise<void> = Promise.resolve();
  private notifying = false;
  private reopened = false;
  private sessionReadAt = 0;
  private reads = 0;
  private draft = '';

  constructor(private readonly code: string | null) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getView = (): ChatView => this.view;

  start(): void {
    this.life = new AbortController();
    void this.open();
  }

  stop(): void {
    this.life.abort();
    this.wait.abort();
    this.live?.stop();
    this.live = null;
  }

  /** Ends the wait before the next try to open the session. */
  readonly tryNow = (): void => this.wait.abort();

  get unsentDraft(): string {
    return this.draft;
  }

  keepDraft(draft: string): void {
    this.draft = draft;
    this.keepUnsent();
  }

  send(content: string): void {
    this.lose(null);
    this.enqueue(newId(), content);
  }

  /** Sends a failed message again under its first id, so that the server can tell it from a second one. */
  retry(clientMessageId: string): void {
    const message = this.session?.messages.find((m) => m.key === clientMessageId && m.id === null);
    if (message) {
      this.enqueue(clientMessageId, message.text.shown);
    }
  }

  async stopAnswer(): Promise<void> {
    if (this.session) {
      await stopAnswer(this.session.sessionId, this.life.signal).catch(() => {
        // The answer runs on and the button stays: the customer can press it again.
      });
    }
  }

  /** Takes a time that is held, or gives it or an appointment back. Answers whether it got through; that it came too late is told by the view. */
  async tapBooking(booking: ChatBooking, tap: 'confirm' | 'cancel'): Promise<boolean> {
    if (!this.session) {
      return false;
    }
    const { sessionId } = this.session;
    const send = tap === 'confirm' ? confirmBooking : cancelBooking;
    this.lose(null);
    try {
      await send(sessionId, booking.bookingId, this.life.signal);
      return true;
    } catch (error) {
      const lost = lostOf(booking, tap, error);
      this.lose(lost);
      return lost !== null;
    } finally {
      await this.refresh(sessionId);
    }
  }

  /** Lets what is sent to the customer rest or end. Answers whether it did; the conversation says so, too. */
  async tapWish(wish: 'pause' | 'opt-out'): Promise<boolean> {
    return this.session ? wishContact(this.session.sessionId, wish, this.life.signal).then(
      () => true,
      () => false,
    ) : false;
  }

  /**
   * Adds the part of the history before the oldest message shown.
   * @param beforeAdding called when the part is there, before the page changes
   */
  async loadEarlier(beforeAdding: () => void): Promise<void> {
    const before = this.session?.messages[0]?.seq;
    if (this.session && before) {
      const page = await earlierMessages(this.session.sessionId, before, this.life.signal).catch(() => null);
      if (page) {
        beforeAdding();
        this.dispatch({ type: 'earlier', page });
      }
    }
  }

  private get session(): SessionState | null {
    return this.view.phase === 'open' ? this.view.session : null;
  }

  private async open(): Promise<void> {
    const signal = this.life.signal;
    const session = await openChat({ code: this.code, signal, onTrouble: () => this.inTrouble() }).catch(() => undefined);
    if (signal.aborted || session === undefined) {
      return;
    }
    if (session === null) {
      this.show({ phase: 'dead' });
    } else {
      this.opened(session);
    }
  }

  private opened(session: ChatSession): void {
    this.sessionReadAt = performance.now();
    speak(session.language);
    const unsent = loadUnsent(session.sessionId);
    this.draft = unsent.draft;
    this.show({ phase: 'open', session: openSession(session), connected: true, lost: null });
    this.follow(session);
    for (const message of unsent.messages) {
      this.enqueue(message.clientMessageId, message.content);
    }
  }

  private follow(session: ChatSession): void {
    this.live?.stop();
    this.live = new LiveStream({
      sessionId: session.sessionId,
      after: resumePoint(session),
      onEvent: (event) => this.apply(event),
      onConnection: (connected) => this.connectionChanged(connected),
      onGone: () => void this.reopen(),
    });
    this.live.start();
  }

  /** The cookie ran out or the link was revoked: the code says which. */
  private async reopen(): Promise<void> {
    const signal = this.life.signal;
    const again = this.reopened ? null : openChat({ code: this.code, signal, onTrouble: () => this.inTrouble() });
    this.reopened = true;
    const session = await again?.catch(() => null);
    if (signal.aborted) {
      return;
    }
    if (!session || session.sessionId !== this.session?.sessionId) {
      this.live?.stop();
      this.show({ phase: 'dead' });
      return;
    }
    this.dispatch({ type: 'session', session });
    this.follow(session);
  }

  private inTrouble(): AbortSignal {
    this.wait = new AbortController();
    if (this.life.signal.aborted) {
      this.wait.abort();
    }
    if (this.view.phase === 'open') {
      this.show({ ...this.view, connected: false });
    } else {
      this.show({ phase: 'opening', trouble: true });
    }
    return this.wait.signal;
  }

  private connectionChanged(connected: boolean): void {
    if (this.view.phase !== 'open') {
      return;
    }
    if (this.view.connected !== connected) {
      this.show({ ...this.view, connected });
    }
    if (connected && performance.now() - this.sessionReadAt > SESSION_STALE_MS) {
      void this.refresh(this.view.session.sessionId);
    }
  }

  private async refresh(sessionId: string): Promise<void> {
    this.sessionReadAt = performance.now();
    const read = (this.reads += 1);
    const session = await readSession(sessionId, this.life.signal).catch(() => null);
    // Of several that were asked for at the same time the last one counts.
    if (session && read === this.reads) {
      this.dispatch({ type: 'session', session });
    }
  }

  /** Messages leave one after the other, so that the history has them in the order of writing. */
  private enqueue(clientMessageId: string, content: string): void {
    this.dispatch({ type: 'sending', clientMessageId, content, at: new Date().toISOString() });
    this.keepUnsent();
    this.sending = this.sending.then(() => this.deliver(clientMessageId, content));
  }

  private async deliver(clientMessageId: string, content: string): Promise<void> {
    const signal = this.life.signal;
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        await this.attempt(clientMessageId, content);
        this.keepUnsent();
        return;
      } catch (error) {
        const final = error instanceof ApiError && (error.isFinal || error.status === 429);
        if (final || tries === SEND_TRIES) {
          this.dispatch({ type: 'send.failed', clientMessageId, failure: failureOf(error) });
          return;
        }
        await pause(backoff(tries), signal);
      }
    }
  }

  /** Resolves once the message is stored, and reads its answer on; rejects when it may not have been stored. */
  private attempt(clientMessageId: string, content: string): Promise<void> {
    const sessionId = this.session?.sessionId ?? '';
    const request = new AbortController();
    const end = () => request.abort();
    this.life.signal.addEventListener('abort', end);

    return new Promise((resolve, reject) => {
      const settle = (error: unknown) => (this.isStored(clientMessageId) ? resolve() : reject(error));
      withDeadline(sendMessage(sessionId, { clientMessageId, content }, request.signal), ANSWER_MS)
        .then((body) =>
          readEvents(body, request.signal, {
            onEvent: (event) => {
              this.apply(event);
              if (this.isStored(clientMessageId)) {
                resolve();
              }
            },
          }),
        )
        .then(() => {
          settle(new Error('The answer ended before the message was confirmed.'));
          this.dispatch({ type: 'send.ended' });
        }, settle)
        .finally(() => {
          this.life.signal.removeEventListener('abort', end);
          end();
        });
    });
  }

  private isStored(clientMessageId: string): boolean {
    return !this.session?.messages.some((m) => m.key === clientMessageId && m.id === null);
  }

  private keepUnsent(): void {
    if (this.session) {
      const messages = this.session.messages.filter((m) => m.id === null);
      saveUnsent(this.session.sessionId, {
        draft: this.draft,
        messages: messages.map((m) => ({ clientMessageId: m.key, content: m.text.shown })),
      });
    }
  }

  private apply(event: ChatEvent): void {
    this.dispatch({ type: 'event', event, at: new Date().toISOString() });
    if (event.name === 'booking.held') {
      this.lose(null);
    }
    if (event.name === 'booking.held' || event.name === 'booking.changed') {
      void this.refresh(this.session?.sessionId ?? '');
    }
  }

  private dispatch(action: SessionAction): void {
    if (this.view.phase !== 'open') {
      return;
    }
    const session = reduce(this.view.session, action);
    if (session !== this.view.session) {
      this.view = { ...this.view, session };
      this.notifySoon();
    }
  }

  private lose(lost: LostTap | null): void {
    if (this.view.phase === 'open' && this.view.lost !== lost) {
      this.show({ ...this.view, lost });
    }
  }

  private show(view: ChatView): void {
    this.view = view;
    this.notifySoon();
  }

  /** Pieces of an answer come faster than a screen is drawn: one rendering per frame is enough. */
  private notifySoon(): void {
    if (this.notifying) {
      return;
    }
    this.notifying = true;
    const notify = () => {
      this.notifying = false;
      this.listeners.forEach((listener) => listener());
    };
    if (document.visibilityState === 'hidden') {
      setTimeout(notify, 0);
    } else {
      requestAnimationFrame(notify);
    }
  }
}
