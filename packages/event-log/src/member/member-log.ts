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

/** A coordinator that moves does not respond to one request or two. */
const FAILURES_UNTIL_WARNING = 3;

/** Logs failed requests: those that repeat once, until `clear`. */
export function createMemberLog(groupId: string, logger: LogLogger) {
  let loggedCode: number | undefined;

  function isNew({ code, failures }: FailedRequest): boolean {
    if (code === undefined) return failures === FAILURES_UNTIL_WARNING;
    if (code === loggedCode) return false;
    loggedCode = code;
    return true;
  }

  return {
    clear() {
      loggedCode = undefined;
    },
    failed(request: FailedRequest): void {
      const { member, reaction, error } = request;
      const fields = { err: error, groupId, memberId: member.memberId, instanceId: member.instanceId };
      if (reaction === 'join-as-new') {
        logger.warn(fields, 'The group no longer has the member, joining as another one');
      } else if (reaction === 'join-as-dynamic') {
        const message = 'Instance id taken by another process, continuing as a dynamic member: INSTANCE_ID must be unique';
        logger.warn({ ...fields, code: 'ERR_LOG_FENCED' }, message);
      } else if (reaction !== 'rejoin' && isNew(request)) {
        logger.warn(fields, 'Group request failed, trying again');
      } else {
        logger.debug(fields, 'Group request failed');
      }
    },
  };
}
