import { useCallback, useEffect, useRef, type ReactNode } from 'react';
import type { ChatClient } from '../chatClient';
import { phoneForReading } from '../format';
import { answerInProgress, type SessionState } from '../session';
import { texts } from '../texts';
import { useStickToBottom } from '../useStickToBottom';
import { ActionButton } from './ActionButton';
import { Announcer } from './Announcer';
import { Composer } from './Composer';
import { Header } from './Header';
import { DownIcon, StopIcon } from './icons';
import { Introduction } from './Introduction';
import { MessageList } from './MessageList';

interface ChatPageProps {
  client: ChatClient;
  session: SessionState;
  connected: boolean;
}

export function ChatPage({ client, session, connected }: ChatPageProps) {
  const { location, messages, mode } = session;
  const answering = answerInProgress(session);
  const typing = session.awaitingAnswer && !answering;
  const { scroller, content, behind, toBottom, holdPlace } = useStickToBottom(messages);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    document.title = location.name;
  }, [location.name]);

  const send = useCallback(
    (text: string) => {
      client.send(text);
      toBottom();
    },
    [client, toBottom],
  );
  const retry = useCallback(
    (key: string) => {
      client.retry(key);
      field.current?.focus();
    },
    [client],
  );

  return (
    <div className="mx-auto flex h-dvh max-w-2xl flex-col sm:border-x sm:border-line">
      <Header location={location} mode={mode} />
      {!connected && (
        <p role="status" className="bg-tint px-4 py-1.5 text-center text-sm">
          {texts.reconnecting}
        </p>
      )}
      <main className="relative flex min-h-0 flex-1 flex-col">
        {/* A region that scrolls must be reachable by keyboard. */}
        <div
          ref={scroller}
          role="region"
          aria-label={texts.conversation}
          tabIndex={0}
          className="pad-sides-safe min-h-0 flex-1 overflow-y-auto overscroll-contain pt-4 focus-visible:-outline-offset-2"
        >
          <div ref={content} className="pb-5">
            <Introduction location={location} firstName={session.firstName} mode={mode} />
            {session.hasEarlier && (
              <ActionButton
                className="mx-auto flex min-h-10 items-center rounded-full px-4 text-sm font-medium text-link hover:bg-tint aria-disabled:opacity-60"
                onAct={() => {
                  holdPlace();
                  return client.loadEarlier();
                }}
                onGone={() => scroller.current?.focus({ preventScroll: true })}
              >
                {texts.earlier}
              </ActionButton>
            )}
            <MessageList messages={messages} shop={location.name} typing={typing} onRetry={retry} />
          </div>
        </div>
        <div className="pointer-events-none absolute inset-x-0 bottom-2 flex justify-center gap-2 px-4">
          {behind && (
            <Pill
              onClick={() => {
                toBottom();
                scroller.current?.focus({ preventScroll: true });
              }}
            >
              <DownIcon className="size-4" />
              {texts.toLatest}
            </Pill>
          )}
        </div>
      </main>
      <footer className="pad-sides-safe pad-bottom-safe border-t border-line bg-surface pt-3">
        {mode === 'human' && <p className="mb-2.5 rounded-lg bg-person px-3 py-2 text-sm">{texts.humanMode(location.name)}</p>}
        {mode === 'closed' ? (
          <ClosedNote phone={location.phone} />
        ) : (
          <Composer field={field} initialDraft={client.unsentDraft} onDraft={(draft) => client.keepDraft(draft)} onSend={send}>
            {answering && (
              <ActionButton
                key={answering.key}
                label={texts.stop}
                className="grid size-11 shrink-0 place-items-center rounded-full border border-line text-ink hover:bg-tint aria-disabled:opacity-60"
                onAct={() => client.stopAnswer()}
                onGone={() => field.current?.focus()}
              >
                <StopIcon className="size-6" />
              </ActionButton>
            )}
          </Composer>
        )}
      </footer>
      <Announcer announcements={session.announcements} writing={typing || answering !== undefined} />
    </div>
  );
}

function Pill({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="pointer-events-auto flex min-h-10 items-center gap-2 rounded-full border border-line bg-surface px-4 text-sm font-medium text-link shadow-md hover:bg-tint motion-safe:animate-arrive"
    >
      {children}
    </button>
  );
}

function ClosedNote({ phone }: { phone: string | null }) {
  return (
    <p className="py-2 text-center">
      {texts.closedMode}{' '}
      {phone && (
        <>
          {texts.closedModeCall}{' '}
          <a href={`tel:${phone}`} className="font-medium whitespace-nowrap text-link underline underline-offset-2">
            {phoneForReading(phone)}
          </a>
          .
        </>
      )}
    </p>
  );
}
