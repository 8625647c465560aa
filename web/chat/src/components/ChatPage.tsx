import { useCallback, useEffect, useRef, useState } from 'react';
import type { ChatClient } from '../chatClient';
import type { LostTap } from '../lostTap';
import { answerInProgress, personIsHere, type SessionState } from '../session';
import { texts } from '../texts';
import { useStickToBottom } from '../useStickToBottom';
import { ActionButton } from './ActionButton';
import { Announcer } from './Announcer';
import { ClosedNote } from './ClosedNote';
import { Composer } from './Composer';
import { Conversation } from './Conversation';
import { Header } from './Header';
import { StopIcon } from './icons';

interface ChatPageProps {
  client: ChatClient;
  session: SessionState;
  connected: boolean;
  lost: LostTap | null;
}

export function ChatPage({ client, session, connected, lost }: ChatPageProps) {
  const { location, mode } = session;
  const answering = answerInProgress(session);
  const typing = session.awaitingAnswer && !answering;
  const scroll = useStickToBottom(session, session.messages.at(-1)?.key);
  /** The answer that could not be stopped. */
  const [notStopped, setNotStopped] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    document.title = location.name;
  }, [location.name]);

  const retry = useCallback(
    (key: string) => {
      client.retry(key);
      field.current?.focus();
    },
    [client],
  );
  const stop = async (key: string) => {
    setNotStopped(null);
    setNotStopped((await client.stopAnswer()) ? null : key);
  };
  const send = (text: string) => {
    client.send(text);
    scroll.toBottom();
  };

  return (
    <div className="mx-auto flex h-dvh max-w-2xl flex-col sm:border-x sm:border-line">
      <Header location={location} mode={mode} />
      {!connected && (
        <p role="status" className="bg-tint px-4 py-1.5 text-center text-sm">
          {texts.reconnecting}
        </p>
      )}
      <Conversation client={client} session={session} typing={typing} lost={lost} scroll={scroll} onRetry={retry} />
      <footer className="pad-sides-safe pad-bottom-safe border-t border-line bg-surface pt-3">
        {mode === 'human' && <p className="mb-2.5 rounded-lg bg-person px-3 py-2 text-sm">{(personIsHere(session) ? texts.humanMode : texts.humanComing)(location.name)}</p>}
        {answering && answering.key === notStopped && (
          <p role="alert" className="mb-2 text-sm text-bad">
            {texts.notThrough}
          </p>
        )}
        {mode === 'closed' ? (
          <ClosedNote phone={location.phone} />
        ) : (
          <Composer field={field} initialDraft={client.unsentDraft} onDraft={(draft) => client.keepDraft(draft)} onSend={send}>
            {answering && (
              <ActionButton
                key={answering.key}
                label={texts.stop}
                className="grid size-11 shrink-0 place-items-center rounded-full border border-line text-ink hover:bg-tint aria-disabled:opacity-60"
                onAct={() => stop(answering.key)}
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
