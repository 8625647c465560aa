import { texts } from '../texts';
import { FullPage } from './FullPage';
import { CloudOffIcon } from './icons';
import { TypingDots } from './TypingDots';

export function Opening({ trouble, onTryNow }: { trouble: boolean; onTryNow: () => void }) {
  if (!trouble) {
    return (
      <main className="grid min-h-dvh place-items-center text-muted">
        <p role="status" className="flex items-center gap-3">
          <TypingDots />
          {texts.opening}
        </p>
      </main>
    );
  }
  return (
    <FullPage icon={<CloudOffIcon className="size-7" />} title={texts.trouble.title}>
      <p role="status" className="text-muted">
        {texts.trouble.body}
      </p>
      <button
        type="button"
        onClick={onTryNow}
        className="mt-3 min-h-11 rounded-full bg-accent px-6 font-medium text-on-accent hover:bg-accent-strong"
      >
        {texts.trouble.tryNow}
      </button>
    </FullPage>
  );
}
