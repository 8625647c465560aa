import { useEffect } from 'react';
import { texts } from '../texts';
import { FullPage } from './FullPage';
import { LinkOffIcon } from './icons';

/** The same words for a wrong, an expired and a revoked link. */
export function DeadLink() {
  useEffect(() => {
    document.title = texts.dead.title;
  }, []);

  return (
    <FullPage icon={<LinkOffIcon className="size-7" />} title={texts.dead.title}>
      <p className="text-balance text-muted">{texts.dead.body}</p>
      <p className="text-balance">{texts.dead.help}</p>
    </FullPage>
  );
}
