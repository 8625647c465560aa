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

/** What a refusal means for the booking that was tapped; null when it was no refusal of that. */
export function lostOf(booking: ChatBooking, tap: 'confirm' | 'cancel', error: unknown): LostTap | null {
  if (!(error instanceof ApiError && error.status === 409)) {
    return null;
  }
  const { reason, alternatives } = error.conflict;
  return { booking, reason: reason === 'slot_taken' ? 'taken' : tap === 'cancel' ? 'begun' : 'late', alternatives: alternatives ?? [] };
}
