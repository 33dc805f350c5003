const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/i;
const TICKS = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/;
const LARGEST_DATE_MS = 8.64e15;

/**
 * Milliseconds since the epoch of an ISO 8601 time with up to nine fractional digits (cut off after three; UTC where no
 * offset is given) or of `/Date(ms)/`, whose offset only says how to show it. Undefined for anything else.
 */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ticks = TICKS.exec(text)?.[1];
  if (ticks !== undefined) return Math.abs(Number(ticks)) <= LARGEST_DATE_MS ? Number(ticks) : undefined;
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', offset = 'Z'] = match;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset.toUpperCase();
  const time = Date.parse(`${whole.toUpperCase()}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}
