import type { AppLimits } from '../accept/admission.ts';
import { gotKind, gotValue, isObject, type Problems } from './read-regions.ts';

const MEMBERS = ['requests_per_second', 'bytes_in_flight'] as const;
/** The largest body has to fit. */
const MIN_BYTES = 1_048_576;

/** Reads the member `limits` of an app: `{ requests_per_second?, bytes_in_flight? }`, each a whole number. */
export function readLimits(value: unknown, problem: Problems): AppLimits {
  const limits = { requestsPerSecond: undefined, bytesInFlight: undefined };
  if (!isObject(value)) {
    problem(`limits: must be an object with ${MEMBERS.join(', ')} ${gotKind(value)}`);
    return limits;
  }
  for (const name of Object.keys(value)) {
    if (!MEMBERS.some((member) => member === name)) problem(`limits.${name}: is not a known member (${MEMBERS.join(', ')})`);
  }
  const whole = (name: (typeof MEMBERS)[number], min: number): number | undefined => {
    const member = value[name];
    if (member === undefined) return undefined;
    if (Number.isSafeInteger(member) && (member as number) >= min) return member as number;
    problem(`limits.${name}: must be a whole number of at least ${min} ${gotValue(member)}`);
    return undefined;
  };
  return { requestsPerSecond: whole('requests_per_second', 1), bytesInFlight: whole('bytes_in_flight', MIN_BYTES) };
}
