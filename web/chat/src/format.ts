import { locale } from './texts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** The time of day, where the reader is. */
export function timeOfDay(iso: string): string {
  return formatOf('clock', { hour: 'numeric', minute: '2-digit' }).format(new Date(iso));
}

/** The calendar day, where the reader is; two moments of one day give the same words. */
export function dayOf(iso: string): string {
  return formatOf('day', { weekday: 'long', month: 'long', day: 'numeric' }).format(new Date(iso));
}

/** How much of a time is said; the zone always is. */
const TIMES = {
  'day and time': { weekday: 'long', month: 'long', day: 'numeric' },
  short: { weekday: 'short', month: 'short', day: 'numeric' },
  time: {},
} satisfies Record<string, Intl.DateTimeFormatOptions>;

/** A time where the shop is: there the customer has to be. `timezone` is an IANA name; of one that the browser does not know, the reader's own. */
export function timeAtShop(iso: string, timezone: string, style: keyof typeof TIMES = 'day and time'): string {
  const whole: Intl.DateTimeFormatOptions = { ...TIMES[style], hour: 'numeric', minute: '2-digit', timeZoneName: 'short' };
  try {
    return new Intl.DateTimeFormat(locale, { ...whole, timeZone: timezone }).format(new Date(iso));
  } catch {
    return new Intl.DateTimeFormat(locale, whole).format(new Date(iso));
  }
}

/** US cents as `$399.00`. */
export function dollars(cents: number): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' }).format(cents / 100);
}

/** `+15125550123` as people of its country write it; other countries' numbers stay as they are. */
export function phoneForReading(e164: string): string {
  return e164.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}

/** To make one is slow, and a long conversation shows many. */
function formatOf(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  const known = formats.get(key);
  if (known) {
    return known;
  }
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
}
