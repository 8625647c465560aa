import { ApiError, cancelBooking, confirmBooking, earlierMessages, stopAnswer, wishContact } from './api';
import { ANSWER_MS, inTime, withDeadline } from './deadline';
import { ServerClock } from './elapsed';
import { Holds } from './holds';
import { LiveStream } from './liveStream';
import { lostOf, type LostTap } from './lostTap';
import { openChat } from './opening';
import { loadUnsent, saveUnsent } from './outbox';
import { Outgoing } from './outgoing';
import { newId } from './sending';
import { openSession, reduce, resumePoint, type SessionAction, type SessionState } from './session';
import { SessionReads } from './sessionReads';
import { speak } from './texts';
import { ViewStore } from './viewStore';
import type { ChatBooking, ChatEvent, ChatSession } from './wire';

type ChatView =
  | { phase: 'opening'; trouble: boolean }
  | { phase: 'dead' }
  | { phase: 'open'; session: SessionState; connected: boolean; lost: LostTap | null };

/** Whether the shop is open is worth asking again after this long. */
const SESSION_STALE_MS = 5 * 60_000;
/** What is held is only so for minutes, and a phone may have slept. */
const HELD_STALE_MS = 30_000;

/** The page's one connection to the server: opens the session, follows it, sends. React reads it as a store. */
export class ChatClient {
  private readonly store = new ViewStore<ChatView>({ phase: 'opening', trouble: false });
  private life = new AbortController();
  private wait = new AbortController();
  private live: LiveStream | null = null;
  private reads: SessionReads | null = null;
  private outgoing: Outgoing | null = null;
  private readonly holds = new Holds((booking) => void this.holdEnded(booking));
  private readonly clock = new ServerClock();
  /** The session was opened again, and nothing was heard of it since. */
  private reopened = false;
  private reopening: Promise<boolean> | null = null;
  private draft = '';

  constructor(private readonly code: string | null) {}

  readonly subscribe = this.store.subscribe;
  readonly getView = this.store.get;

  start(): void {
    this.life = new AbortController();
    void this.open();
  }

  stop(): void {
    this.life.abort();
    this.wait.abort();
    this.holds.stop();
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

  /** Answers whether it got through. */
  stopAnswer(): Promise<boolean> {
    return this.getsThrough(stopAnswer);
  }

  /** Takes a time that is held, or gives it or an appointment back. Answers whether it got through; that it came too late is told by the view. */
  async tapBooking(booking: ChatBooking, tap: 'confirm' | 'cancel'): Promise<boolean> {
    const { bookingId } = booking;
    const send = tap === 'confirm' ? confirmBooking : cancelBooking;
    this.lose(null);
    const error: unknown = await this.ask((sessionId, signal) => send(sessionId, bookingId, signal)).then(() => null, (reason: unknown) => reason);
    const lost = error === null ? null : lostOf(booking, tap, error);
    this.lose(lost);
    const isRead = (await this.reads?.read()) ?? false;
    if (error === null || lost) {
      return true;
    }
    // An answer may be lost and the tap still count: what has become of the booking says so.
    const after = this.session?.bookings.find((b) => b.bookingId === bookingId);
    if (isRead && tap === 'confirm' && !after) {
      this.lose({ booking, reason: 'late', alternatives: [] });
    }
    return isRead && (tap === 'confirm' ? after?.status !== 'held' : !after);
  }

  /** Lets what is sent to the customer rest or end. Answers whether it did. */
  tapWish(wish: 'pause' | 'opt-out'): Promise<boolean> {
    return this.getsThrough((sessionId, signal) => wishContact(sessionId, wish, signal));
  }

  /**
   * Adds the part of the history before the oldest message shown. Answers whether it got through.
   * @param beforeAdding called when the part is there, before the page changes
   */
  async loadEarlier(beforeAdding: () => void): Promise<boolean> {
    const before = this.session?.messages[0]?.seq;
    if (!before) {
      return true;
    }
    const page = await this.ask((sessionId, signal) => earlierMessages(sessionId, before, signal)).catch(() => null);
    if (page) {
      beforeAdding();
      this.dispatch({ type: 'earlier', page });
    }
    return page !== null;
  }

  private getsThrough(request: (sessionId: string, signal: AbortSignal) => Promise<void>): Promise<boolean> {
    return this.ask(request).then(
      () => true,
      () => false,
    );
  }

  /** A request in time; once more when the cookie had run out and the code has opened the session again. */
  private async ask<T>(request: (sessionId: string, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { signal } = this.life;
    const once = () => inTime(signal, (end) => request(this.session?.sessionId ?? '', end));
    try {
      return await once();
    } catch (error) {
      if (error instanceof ApiError && error.isGone && (await this.reopen())) {
        return once();
      }
      throw error;
    }
  }

  private get view(): ChatView {
    return this.store.get();
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
      this.store.set({ phase: 'dead' });
    } else {
      this.opened(session);
    }
  }

  private opened(session: ChatSession): void {
    const { signal } = this.life;
    const { sessionId } = session;
    speak(session.language);
    const unsent = loadUnsent(sessionId);
    this.draft = unsent.draft;
    this.store.set({ phase: 'open', session: openSession(session), connected: true, lost: null });
    this.reads = new SessionReads({
      signal,
      sessionId,
      modeSeq: () => this.session?.modeSeq ?? 0,
      onRead: (read, modeSeq) => this.take(read, modeSeq),
      onGone: () => this.gone(),
    });
    this.outgoing = new Outgoing({
      signal,
      sessionId,
      isStored: (clientMessageId) => !this.session?.messages.some((m) => m.key === clientMessageId && m.id === null),
      isFollowed: () => this.live?.isFollowing ?? false,
      onEvent: (event) => this.apply(event),
      onStored: () => this.keepUnsent(),
      onFailed: (clientMessageId, failure) => this.dispatch({ type: 'send.failed', clientMessageId, failure }),
      onEnded: () => this.dispatch({ type: 'send.ended' }),
      reopen: () => this.reopen(),
    });
    this.clock.set(session.now);
    this.holds.watch(session);
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
      onHeard: () => (this.reopened = false),
      onGone: () => this.gone(),
    });
    this.live.start();
  }

  /** A session that was opened again and is gone at once stays so. */
  private gone(): void {
    if (this.reopened && !this.reopening) {
      this.live?.stop();
      this.store.set({ phase: 'dead' });
    } else {
      void this.reopen().catch(() => {});
    }
  }

  /** Opens the session again: the cookie ran out or the link was revoked, and the code says which. */
  private reopen(): Promise<boolean> {
    this.reopening ??= this.openAgain().finally(() => (this.reopening = null));
    return withDeadline(this.reopening, ANSWER_MS);
  }

  private async openAgain(): Promise<boolean> {
    const signal = this.life.signal;
    this.reopened = true;
    const session = await openChat({ code: this.code, signal, onTrouble: () => this.inTrouble() }).catch(() => null);
    if (signal.aborted) {
      return false;
    }
    if (!session || session.sessionId !== this.session?.sessionId) {
      this.live?.stop();
      this.store.set({ phase: 'dead' });
      return false;
    }
    this.take(session);
    this.follow(session);
    return true;
  }

  private inTrouble(): AbortSignal {
    this.wait = new AbortController();
    if (this.life.signal.aborted) {
      this.wait.abort();
    }
    if (this.view.phase === 'open') {
      this.store.set({ ...this.view, connected: false });
    } else {
      this.store.set({ phase: 'opening', trouble: true });
    }
    return this.wait.signal;
  }

  private connectionChanged(connected: boolean): void {
    if (this.view.phase !== 'open') {
      return;
    }
    if (this.view.connected !== connected) {
      this.store.set({ ...this.view, connected });
    }
    if (connected) {
      const held = this.view.session.bookings.some((b) => b.status === 'held');
      if (this.reads && this.reads.age > (held ? HELD_STALE_MS : SESSION_STALE_MS)) {
        void this.reads.read();
      }
      // What could not leave for want of a connection leaves now: by its id the server knows what it has.
      this.view.session.messages.filter((m) => m.delivery.state === 'failed' && m.delivery.failure === 'network').forEach((m) => this.retry(m.key));
    }
  }

  private take(session: ChatSession, modeSeq?: number): void {
    this.clock.set(session.now);
    this.dispatch({ type: 'session', session, modeSeq });
    this.holds.watch(session);
    const lost = this.view.phase === 'open' ? this.view.lost : null;
    if (lost?.reason === 'late' && session.bookings.some((b) => b.bookingId === lost.booking.bookingId)) {
      this.lose(null);
    }
  }

  /** A hold is over by the server's time, which the server may see otherwise; when it cannot be asked, the card goes all the same. */
  private async holdEnded(booking: ChatBooking): Promise<void> {
    if (!(await this.reads?.read())) {
      this.dispatch({ type: 'hold.ended', bookingId: booking.bookingId });
    }
    if (!this.session?.bookings.some((b) => b.bookingId === booking.bookingId)) {
      this.lose({ booking, reason: 'late', alternatives: [] });
    }
  }

  private enqueue(clientMessageId: string, content: string): void {
    this.dispatch({ type: 'sending', clientMessageId, content, at: this.clock.now() });
    this.keepUnsent();
    this.outgoing?.enqueue(clientMessageId, content);
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
    this.dispatch({ type: 'event', event, at: this.clock.now() });
    if (event.name === 'booking.held') {
      this.lose(null);
    }
    if (event.name === 'booking.held' || event.name === 'booking.changed') {
      void this.reads?.read();
    }
  }

  private dispatch(action: SessionAction): void {
    if (this.view.phase !== 'open') {
      return;
    }
    const session = reduce(this.view.session, action);
    if (session !== this.view.session) {
      this.store.set({ ...this.view, session });
      this.outgoing?.noticeStored();
    }
  }

  private lose(lost: LostTap | null): void {
    if (this.view.phase === 'open' && this.view.lost !== lost) {
      this.store.set({ ...this.view, lost });
    }
  }
}
