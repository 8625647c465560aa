import { ApiError } from './api';
import type { SendFailure } from './session';

/** A random UUID; `crypto.randomUUID` is missing where the page is not served over https. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Why a message was not sent. */
export function failureOf(error: unknown): SendFailure {
  if (error instanceof ApiError && error.status === 429) {
    return 'busy';
  }
  return error instanceof ApiError && error.isFinal ? 'refused' : 'network';
}
