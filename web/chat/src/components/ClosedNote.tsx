import { phoneForReading } from '../format';
import { texts } from '../texts';

/** Stands where the composer was. */
export function ClosedNote({ phone }: { phone: string | null }) {
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
