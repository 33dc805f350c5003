import type { Position } from '../log.ts';
import { keyOf } from '../partition-key.ts';
import type { SessionPart } from '../wire/fetch.ts';

/**
 * A fetch session with one broker (KIP-227), without its requests. The broker keeps the partitions and their offsets, so that a
 * request names only what has changed. Each `request` is followed by `responded` or `lost` before the next.
 */
export interface FetchSession {
  /** Reads exactly these partitions. */
  request(wanted: readonly Position[]): SessionPart;
  /** With the codes of the response. */
  responded(response: { readonly errorCode: number; readonly sessionId: number }): void;
  /** No response came: whether the broker applied the request is unknown. The next request begins another session. */
  lost(): void;
}

const SESSION_NOT_FOUND = 70;
const INVALID_EPOCH = 71;
const LAST_EPOCH = 2_147_483_647;

/** The broker has lost the session, or counts its requests otherwise: the next request begins another one. */
export function isSessionError(errorCode: number): boolean {
  return errorCode === SESSION_NOT_FOUND || errorCode === INVALID_EPOCH;
}

export function createFetchSession(): FetchSession {
  let sessionId = 0;
  // 0: the next request begins a session. It names the former one, which the broker then closes.
  let epoch = 0;
  /** What the broker keeps, by `keyOf`. */
  let kept = new Map<string, Position>();

  return {
    request(wanted) {
      const next = new Map(wanted.map((position) => [keyOf(position), position]));
      const before = kept;
      kept = next;
      if (epoch === 0) return { sessionId, epoch, partitions: wanted, forgotten: [] };
      return {
        sessionId,
        epoch,
        partitions: wanted.filter((position) => before.get(keyOf(position))?.offset !== position.offset),
        forgotten: [...before.values()].filter((position) => !next.has(keyOf(position))),
      };
    },
    responded(response) {
      if (response.errorCode !== 0 || response.sessionId === 0) epoch = 0;
      else epoch = epoch === LAST_EPOCH ? 1 : epoch + 1;
      if (response.errorCode === 0 || response.errorCode === SESSION_NOT_FOUND) sessionId = response.sessionId;
    },
    lost() {
      epoch = 0;
    },
  };
}
