import { Fragment, type ReactNode } from 'react';
import { dayOf } from '../format';
import { isUnsaid, type ShownMessage } from '../session';
import { texts } from '../texts';
import { Message } from './Message';
import { TypingDots } from './TypingDots';

/** Two messages of one writer this close together read as one. */
const SAME_BREATH_MS = 5 * 60_000;

interface MessageListProps {
  messages: readonly ShownMessage[];
  shop: string;
  typing: boolean;
  onRetry(key: string): void;
}

export function MessageList({ messages, shop, typing, onRetry }: MessageListProps) {
  const visible = messages.filter((m) => !isUnsaid(m) && (m.status !== 'superseded' || m.text.shown !== ''));
  const today = dayOf(new Date().toISOString());

  return (
    <ol>
      {visible.map((message, index) => {
        const before = visible[index - 1];
        const after = visible[index + 1];
        const day = dayOf(message.createdAt);
        const newDay = !before || dayOf(before.createdAt) !== day;
        return (
          <Fragment key={message.key}>
            {newDay && (before || day !== today) && <Day>{day === today ? texts.today : day}</Day>}
            <Message
              message={message}
              shop={shop}
              first={newDay || !sameBreath(before, message)}
              last={!after || !sameBreath(message, after)}
              onRetry={onRetry}
            />
          </Fragment>
        );
      })}
      {typing && (
        <li className="mt-4 flex motion-safe:animate-arrive">
          <span className="sr-only">{texts.assistant}</span>
          <div className="rounded-2xl rounded-bl-md border border-line bg-surface px-4 py-2.5">
            <TypingDots />
          </div>
        </li>
      )}
    </ol>
  );
}

function Day({ children }: { children: ReactNode }) {
  return <li className="mt-5 mb-1 text-center text-xs font-medium text-muted">{children}</li>;
}

function sameBreath(a: ShownMessage | undefined, b: ShownMessage): boolean {
  if (a === undefined || a.role !== b.role || dayOf(a.createdAt) !== dayOf(b.createdAt)) {
    return false;
  }
  return Math.abs(Date.parse(b.createdAt) - Date.parse(a.createdAt)) < SAME_BREATH_MS;
}
