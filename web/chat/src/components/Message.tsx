import { memo } from 'react';
import { timeOfDay } from '../format';
import { readable, type ShownMessage } from '../session';
import { texts } from '../texts';
import { Markdown } from './Markdown';
import { TypingDots } from './TypingDots';

interface MessageProps {
  message: ShownMessage;
  shop: string;
  /** The first of several in a row by the same writer. */
  first: boolean;
  /** The last of several in a row by the same writer. */
  last: boolean;
  onRetry(key: string): void;
}

const BUBBLE = 'max-w-[85%] px-4 py-2.5 rounded-2xl leading-relaxed';

export const Message = memo(function Message({ message, shop, first, last, onRetry }: MessageProps) {
  const { role, text } = message;
  const own = role === 'customer';
  if (role === 'system') {
    return (
      <li className="mx-auto my-4 max-w-[85%] text-center text-sm text-muted motion-safe:animate-arrive">
        <Markdown text={text.shown} />
      </li>
    );
  }
  return (
    <li className={`flex flex-col motion-safe:animate-arrive ${own ? 'items-end' : 'items-start'} ${first ? 'mt-4' : 'mt-1'}`}>
      <p className={first && role === 'staff' ? 'mb-1 px-1 text-sm font-medium text-muted' : 'sr-only'}>{writer(role, shop)}</p>
      {own ? (
        <div dir="auto" className={`${BUBBLE} bg-accent whitespace-pre-wrap text-on-accent ${last ? 'rounded-br-md' : ''}`}>{text.shown}</div>
      ) : (
        <div
          className={`${BUBBLE} border ${role === 'staff' ? 'border-transparent bg-person' : 'border-line bg-surface'} ${last ? 'rounded-bl-md' : ''}`}
        >
          {text.shown !== '' && <Markdown text={readable(message)} />}
          <Progress message={message} />
        </div>
      )}
      <Footer message={message} last={last} onRetry={onRetry} />
    </li>
  );
});

/** What an answer is doing while there is nothing, or nothing more, to read. */
function Progress({ message }: { message: ShownMessage }) {
  if (message.status === 'failed') {
    return <p className={message.text.shown === '' ? '' : 'mt-2 text-muted'}>{texts.answerFailed}</p>;
  }
  if (message.status !== 'streaming') {
    return null;
  }
  if (message.tool) {
    return <p className="text-muted motion-safe:animate-pulse">{texts.lookingUp}</p>;
  }
  return message.text.shown === '' ? <TypingDots /> : null;
}

function Footer({ message, last, onRetry }: Pick<MessageProps, 'message' | 'last' | 'onRetry'>) {
  const { delivery } = message;
  if (delivery.state === 'sending') {
    return <p className="mt-1 px-1 text-xs text-muted">{texts.sending}</p>;
  }
  if (delivery.state === 'failed') {
    return (
      <p className="mt-1 flex items-center gap-2 px-1 text-sm text-bad">
        <span role="alert">{texts.notSent[delivery.failure]}</span>
        <button type="button" onClick={() => onRetry(message.key)} className="min-h-8 font-medium underline underline-offset-2">
          {texts.retry}
        </button>
      </p>
    );
  }
  const notes = [
    message.status === 'interrupted' ? texts.interrupted : null,
    message.channel === 'sms' ? texts.byText : message.channel === 'email' ? texts.byEmail : null,
  ].filter((note) => note !== null);
  if ((!last && notes.length === 0) || message.status === 'streaming') {
    return null;
  }
  return (
    <p className="mt-1 px-1 text-xs text-muted">
      {notes.map((note) => `${note} · `)}
      <time dateTime={message.createdAt}>{timeOfDay(message.createdAt)}</time>
    </p>
  );
}

function writer(role: ShownMessage['role'], shop: string): string {
  return role === 'customer' ? texts.you : role === 'staff' ? texts.person(shop) : texts.assistant;
}
