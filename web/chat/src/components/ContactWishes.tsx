import { useState } from 'react';
import type { ChatClient } from '../chatClient';
import { texts } from '../texts';
import { ActionButton } from './ActionButton';

const BUTTON = 'min-h-11 rounded-full border border-line px-5 font-medium text-link hover:bg-tint aria-disabled:opacity-60';

type Wish = 'pause' | 'opt-out';

/** What the customer may want of what is sent to them: a rest, or an end. The chat itself stays. */
export function ContactWishes({ client }: { client: ChatClient }) {
  const [done, setDone] = useState<Wish | null>(null);
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);

  const tap = async (wish: Wish) => {
    setBusy(true);
    setDone(null);
    setFailed(false);
    const through = await client.tapWish(wish);
    setDone(through ? wish : null);
    setFailed(!through);
    setBusy(false);
  };
  const button = (wish: Wish, label: string) => (
    <ActionButton waits={busy} onAct={() => tap(wish)} onGone={() => {}} className={BUTTON}>
      {label}
    </ActionButton>
  );

  return (
    <details className="-mt-3 mb-4 px-4 text-sm">
      <summary className="inline-flex min-h-11 cursor-pointer items-center text-link underline underline-offset-2">{texts.wishes.title}</summary>
      <div className="flex flex-wrap gap-2">
        {button('pause', texts.wishes.pause)}
        {button('opt-out', texts.wishes.stop)}
      </div>
      <p role="status" className={done ? 'mt-2 text-good' : ''}>
        {done && texts.wishes.done[done]}
      </p>
      {failed && (
        <p role="alert" className="mt-2 text-bad">
          {texts.notThrough}
        </p>
      )}
    </details>
  );
}
