import { memo } from 'react';
import { phoneForReading } from '../format';
import { texts } from '../texts';
import type { ChatLocation, ChatMode } from '../wire';
import { PhoneIcon } from './icons';

export const Header = memo(function Header({ location, mode }: { location: ChatLocation; mode: ChatMode }) {
  const { name, phone, openNow } = location;
  return (
    <header className="pad-top-safe pad-sides-safe flex items-center gap-3 border-b border-line bg-surface pb-2.5">
      <div aria-hidden className="grid size-10 shrink-0 place-items-center rounded-full bg-accent text-lg font-semibold text-on-accent">
        {name.charAt(0)}
      </div>
      <div className="min-w-0 flex-1">
        <h1 className="truncate leading-tight font-semibold">{name}</h1>
        <p className="flex flex-wrap items-center gap-x-1.5 text-sm leading-snug text-muted">
          {mode === 'ai' && <span>{texts.assistant}</span>}
          {mode === 'ai' && openNow !== null && <span aria-hidden>·</span>}
          {openNow !== null && (
            <span className={openNow ? 'font-medium text-good' : undefined}>{openNow ? texts.openNow : texts.closedNow}</span>
          )}
        </p>
      </div>
      {phone && (
        <a
          href={`tel:${phone}`}
          aria-label={texts.callPerson(phoneForReading(phone))}
          className="flex min-h-11 shrink-0 items-center gap-2 rounded-full border border-line px-4 font-medium text-link hover:bg-tint"
        >
          <PhoneIcon className="size-4.5" />
          {texts.call}
        </a>
      )}
    </header>
  );
});
