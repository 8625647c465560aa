import { useId, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';
import { texts } from '../texts';
import { SendIcon } from './icons';

const MAX_LENGTH = 4000;
/** The counter appears when this few characters are left. */
const COUNT_FROM = 300;

interface ComposerProps {
  field: RefObject<HTMLTextAreaElement | null>;
  initialDraft: string;
  onDraft(draft: string): void;
  onSend(content: string): void;
  /** Further buttons, beside the one that sends. */
  children?: ReactNode;
}

export function Composer({ field, initialDraft, onDraft, onSend, children }: ComposerProps) {
  const [draft, setDraft] = useState(initialDraft);
  const counterId = useId();
  const content = draft.trim();
  const left = MAX_LENGTH - content.length;
  const ready = content !== '' && left >= 0;

  const change = (text: string) => {
    setDraft(text);
    onDraft(text);
  };
  const send = () => {
    if (ready) {
      onSend(content);
      change('');
      field.current?.focus();
    }
  };
  const keyDown = (event: KeyboardEvent) => {
    // While letters are being composed (Japanese, Chinese, …), Enter accepts them.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="flex items-end gap-2">
        <div data-text={draft} className="grow-with-text min-w-0 flex-1 rounded-3xl border border-line bg-canvas text-base leading-6 focus-within:border-link focus-within:outline-1 focus-within:outline-link">
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={draft}
            aria-label={texts.composer.label}
            aria-describedby={left <= COUNT_FROM ? counterId : undefined}
            aria-invalid={left < 0}
            placeholder={texts.composer.placeholder}
            enterKeyHint="send"
            autoComplete="off"
            onChange={(event) => change(event.target.value)}
            onKeyDown={keyDown}
            className="resize-none rounded-3xl bg-transparent outline-none placeholder:text-muted"
          />
        </div>
        {children}
        <button
          type="submit"
          aria-label={texts.composer.send}
          disabled={!ready}
          className="grid size-11 shrink-0 place-items-center rounded-full bg-accent text-on-accent hover:bg-accent-strong disabled:bg-line disabled:text-muted"
        >
          <SendIcon className="size-6" />
        </button>
      </div>
      {left <= COUNT_FROM && (
        <p id={counterId} role="status" className={`mt-1.5 px-4 text-right text-sm ${left < 0 ? 'font-medium text-bad' : 'text-muted'}`}>
          {left < 0 ? texts.composer.over(-left) : texts.composer.left(left)}
        </p>
      )}
    </form>
  );
}
