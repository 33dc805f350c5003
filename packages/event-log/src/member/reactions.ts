import type { Clock } from '../clock.ts';
import { decide, GROUP_AUTHORIZATION_FAILED, type Reaction } from './membership.ts';

const DENIED_FOR_MS = 30_000;

/** Reactions to errors in a row. What an operator allows reaches one broker before another, so that a refusal counts once it has lasted. */
export function createReactions(clock: Clock): (code: number | undefined) => Reaction {
  let deniedSince: number | undefined;
  return (code) => {
    deniedSince = code === GROUP_AUTHORIZATION_FAILED ? (deniedSince ?? clock.monotonic()) : undefined;
    return deniedSince !== undefined && clock.monotonic() - deniedSince < DENIED_FOR_MS ? 'repeat' : decide(code);
  };
}
