const clock = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric' });

/** The time of day, where the reader is. */
export function timeOfDay(iso: string): string {
  return clock.format(new Date(iso));
}

/** The calendar day, where the reader is; two moments of one day give the same words. */
export function dayOf(iso: string): string {
  return day.format(new Date(iso));
}

/** `+15125550123` as people of its country write it; other countries' numbers stay as they are. */
export function phoneForReading(e164: string): string {
  return e164.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}
