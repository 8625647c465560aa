import { useLayoutEffect, useRef, useState } from 'react';
import type { ChatClient } from '../chatClient';
import type { LostTap } from '../lostTap';
import { personIsHere, type SessionState } from '../session';
import { texts } from '../texts';
import type { StickToBottom } from '../useStickToBottom';
import { ActionButton } from './ActionButton';
import { Appointments } from './Appointments';
import { BookingCard } from './BookingCard';
import { ContactWishes } from './ContactWishes';
import { DownIcon } from './icons';
import { Introduction } from './Introduction';
import { LostTapNote } from './LostTapNote';
import { MessageList } from './MessageList';

interface ConversationProps {
  client: ChatClient;
  session: SessionState;
  typing: boolean;
  lost: LostTap | null;
  scroll: StickToBottom;
  onRetry(key: string): void;
}

export function Conversation({ client, session, typing, lost, scroll, onRetry }: ConversationProps) {
  const { location, messages } = session;
  const { scroller, content, behind, toBottom } = scroll;
  const held = session.bookings.filter((booking) => booking.status === 'held');
  const booked = session.bookings.filter((booking) => booking.status !== 'held');
  const line = useRef<HTMLElement>(null);
  const [earlierFailed, setEarlierFailed] = useState(false);
  /** The booking whose card went away with the focus in it. */
  const gone = useRef<string | null>(null);
  const focus = () => scroller.current?.focus({ preventScroll: true });

  useLayoutEffect(() => {
    if (gone.current !== null) {
      const isBooked = booked.some((booking) => booking.bookingId === gone.current);
      gone.current = null;
      (isBooked ? line : scroller).current?.focus({ preventScroll: true });
    }
  });

  const loadEarlier = async () => {
    setEarlierFailed(false);
    setEarlierFailed(!(await client.loadEarlier(scroll.holdPlace)));
  };
  const showLatest = () => {
    toBottom();
    focus();
  };

  return (
    <main className="relative flex min-h-0 flex-1 flex-col">
      <Appointments client={client} sessionId={session.sessionId} bookings={booked} line={line} onGone={focus} />
      {/* A region that scrolls must be reachable by keyboard. */}
      <div
        ref={scroller}
        role="region"
        aria-label={texts.conversation}
        tabIndex={0}
        className="pad-sides-safe min-h-0 flex-1 overflow-y-auto overscroll-contain pt-4 focus-visible:-outline-offset-2"
      >
        <div ref={content} className="pb-5 wrap-anywhere">
          <Introduction location={location} firstName={session.firstName} mode={session.mode} personHere={personIsHere(session)} />
          <ContactWishes client={client} />
          {session.hasEarlier && (
            <ActionButton
              className="mx-auto flex min-h-10 items-center rounded-full px-4 text-sm font-medium text-link hover:bg-tint aria-disabled:opacity-60"
              onAct={loadEarlier}
              onGone={focus}
            >
              {texts.earlier}
            </ActionButton>
          )}
          {earlierFailed && (
            <p role="alert" className="text-center text-sm text-bad">
              {texts.notThrough}
            </p>
          )}
          <MessageList messages={messages} shop={location.name} typing={typing} onRetry={onRetry} />
          {lost && <LostTapNote lost={lost} />}
          {held.length > 0 && (
            <ul aria-label={texts.booking.held} className="mt-4 space-y-4">
              {held.map((booking) => (
                <BookingCard
                  key={booking.bookingId}
                  client={client}
                  sessionId={session.sessionId}
                  booking={booking}
                  replaced={booked.find((other) => other.bookingId === booking.replacesId)}
                  onGone={() => (gone.current = booking.bookingId)}
                />
              ))}
            </ul>
          )}
        </div>
      </div>
      {behind && (
        <button
          type="button"
          onClick={showLatest}
          className="absolute bottom-2 left-1/2 flex min-h-10 -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-surface px-4 text-sm font-medium text-link shadow-md hover:bg-tint"
        >
          <DownIcon className="size-4" />
          {texts.toLatest}
        </button>
      )}
    </main>
  );
}
