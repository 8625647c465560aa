import { ApiError } from './api';
import type { ChatBooking } from './wire';

/** A tap that came too late. Its booking may be gone from the list, so this stands beside it. */
export interface LostTap {
  booking: ChatBooking;
  /** It is held no more, the shop gave the time away, or the appointment has begun. */
  reason: 'late' | 'taken' | 'begun';
  /** Other beginnings that were free a moment ago. */
  alternatives: readonly string[];
}

/** What a failed tap means for its booking; null when it did not get through. */
export function lostOf(booking: ChatBooking, tap: 'confirm' | 'cancel', error: unknown): LostTap | null {
  if (!(error instanceof ApiError && error.isFinal)) {
    return null;
  }
  const { reason, alternatives } = error.conflict;
  return { booking, reason: reason === 'slot_taken' ? 'taken' : tap === 'cancel' ? 'begun' : 'late', alternatives: alternatives ?? [] };
}
