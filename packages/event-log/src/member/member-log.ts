import type { LogLogger } from '../logger.ts';
import type { Membership, Reaction } from './membership.ts';

/** A failed request to the group. */
export interface FailedRequest {
  readonly member: Membership;
  readonly reaction: Reaction;
  readonly error: unknown;
  /** Of the coordinator's response; undefined where there was none. */
  readonly code: number | undefined;
  /** Requests that failed in a row. */
  readonly failures: number;
}

const FENCED = 'Instance id taken by another process, continuing as a dynamic member: INSTANCE_ID must be unique';
/** A coordinator that moves does not respond to one request or two. */
const FAILURES_UNTIL_WARNING = 3;

/** Logs failed requests. Each error code is a warning once, until `clear`. */
export function createMemberLog(groupId: string, logger: LogLogger) {
  const warnedOf = new Set<number | undefined>();

  return {
    clear() {
      warnedOf.clear();
    },
    failed({ member: { memberId, instanceId }, reaction, error, code, failures }: FailedRequest): void {
      const fields = { err: error, groupId, memberId, instanceId };
      const isNew = code === undefined ? failures === FAILURES_UNTIL_WARNING : !warnedOf.has(code);
      if (reaction === 'rejoin' || !isNew) {
        logger.debug(fields, 'Group request failed');
        return;
      }
      warnedOf.add(code);
      if (reaction === 'join-as-new') logger.warn(fields, 'The group no longer has the member, joining as another one');
      else if (reaction === 'join-as-dynamic') logger.warn({ ...fields, code: 'ERR_LOG_FENCED' }, FENCED);
      else logger.warn(fields, 'Group request failed, trying again');
    },
  };
}
