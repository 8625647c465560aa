import { memo } from 'react';
import { phoneForReading } from '../format';
import { texts } from '../texts';
import type { ChatLocation, ChatMode } from '../wire';

interface IntroductionProps {
  location: ChatLocation;
  firstName: string | null;
  mode: ChatMode;
  /** A person has written since they took over. */
  personHere: boolean;
}

/** The first thing in the conversation: who answers here, and how to reach a person instead. */
export const Introduction = memo(function Introduction({ location, firstName, mode, personHere }: IntroductionProps) {
  return (
    <div className="mb-5 rounded-2xl bg-tint px-4 py-3.5 text-[0.9375rem] leading-relaxed">
      <p className="font-semibold">{texts.greeting(firstName)}</p>
      <p>{(mode !== 'human' ? texts.disclosure : personHere ? texts.humanMode : texts.humanComing)(location.name)}</p>
      <p>
        {location.phone ? (
          <>
            {texts.reachPerson}{' '}
            <a href={`tel:${location.phone}`} className="font-medium whitespace-nowrap text-link underline underline-offset-2">
              {phoneForReading(location.phone)}
            </a>
            .
          </>
        ) : (
          texts.reachPersonByText
        )}
      </p>
    </div>
  );
});
