/** Why the normalizer itself makes no event of a raw record. A source's own codes come beside these. */
export const NORMALIZER_CODES = {
  ERR_NORMALIZE_DUPLICATE: 'The sender repeated a notification that already occurred in the window.',
  ERR_NORMALIZE_REDIRECTED: 'The sender was sent to another region; its copy there makes the event.',
  ERR_NORMALIZE_UNREADABLE: 'The value is not a raw notification.',
  ERR_NORMALIZE_UNKNOWN_SOURCE: 'This build has no source of that id.',
  ERR_NORMALIZE_FAILED: "The source's normalize threw: a bug, not bad data.",
  ERR_NORMALIZE_ENCODE: 'An event does not fit its schema: a bug, not bad data.',
  ERR_NORMALIZE_TOO_LARGE: 'The events of the notification exceed 3 MiB, keys and headers included.',
} as const;

export type NormalizerCode = keyof typeof NORMALIZER_CODES;

/** Why the normalizer does not go on. */
export type StopCode =
  /** Too large a share of the notifications was rejected for a fault: nothing more is committed until a restart. */
  'ERR_NORMALIZER_REJECT_SHARE';

/** Codes that tell of the sender's behaviour, not of data or code that went wrong. */
const ORDINARY: ReadonlySet<string> = new Set(['ERR_NORMALIZE_DUPLICATE', 'ERR_NORMALIZE_REDIRECTED', 'ERR_NORMALIZE_EMPTY']);

/** Whether a rejection counts towards the share that stops the normalizer. */
export function countsAsFault(code: string): boolean {
  return !ORDINARY.has(code);
}
