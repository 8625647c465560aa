import { useState } from 'react';
import type { ChatClient } from '../chatClient';
import { texts } from '../texts';

const BUTTON = 'min-h-11 rounded-full border border-line px-5 font-medium text-link hover:bg-tint disabled:opacity-60';

/** What the customer may want of what is sent to them: a rest, or an end. The chat itself stays, and says what was done. */
export function ContactWishes({ client }: { client: ChatClient }) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  const tap = async (wish: 'pause' | 'opt-out') => {
    setBusy(true);
    setFailed(!(await client.tapWish(wish)));
    setBusy(false);
  };

  return (
    <details className="-mt-3 mb-4 px-4 text-sm">
      <summary className="inline-flex min-h-11 cursor-pointer items-center text-link underline underline-offset-2">{texts.wishes.title}</summary>
      <div className="flex flex-wrap gap-2">
        <button type="button" disabled={busy} onClick={() => void tap('pause')} className={BUTTON}>
          {texts.wishes.pause}
        </button>
        <button type="button" disabled={busy} onClick={() => void tap('opt-out')} className={BUTTON}>
          {texts.wishes.stop}
        </button>
      </div>
      {failed && (
        <p role="alert" className="mt-2 text-bad">
          {texts.booking.network}
        </p>
      )}
    </details>
  );
}
