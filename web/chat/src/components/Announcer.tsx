import { plainText } from '../markdown';
import type { Announcement } from '../session';
import { texts } from '../texts';

/**
 * Reads finished messages to a screen reader, each once. The visible conversation is no live region: an answer grows
 * there word by word, and would be read again with every word.
 */
export function Announcer({ announcements, writing }: { announcements: readonly Announcement[]; writing: boolean }) {
  return (
    <div className="sr-only">
      <div role="log" aria-live="polite" aria-label={texts.newAnnouncements}>
        {announcements.map((message) => (
          <p key={message.id}>
            {texts.said[message.role]}: {plainText(message.text, location.host)}
            {message.failed && ` ${texts.answerFailed}`}
          </p>
        ))}
      </div>
      <p role="status">{writing ? texts.typing : ''}</p>
    </div>
  );
}
