import { isFetchableUrl } from '../key-sets/issuer-urls.ts';
import { invalid, type MemberReader, problem, required } from './member-reader.ts';

/** Non-empty text, at most `maxLength` characters (1,024 by default). */
export function text(options: { readonly maxLength?: number } = {}): MemberReader<string> {
  const { maxLength = 1024 } = options;
  return required((value, place) => {
    if (typeof value !== 'string' || value === '' || value.length > maxLength) {
      return problem(place, `must be text of 1 to ${maxLength} characters`, value);
    }
    return value;
  });
}

export function flag(): MemberReader<boolean> {
  return required((value, place) => (typeof value === 'boolean' ? value : problem(place, 'must be true or false', value)));
}

export function integer(options: { readonly min: number; readonly max: number }): MemberReader<number> {
  const { min, max } = options;
  return required((value, place) => {
    const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
    return fits ? value : problem(place, `must be a whole number from ${min} to ${max}`, value);
  });
}

/** One of the given texts or numbers, exactly. */
export function oneOf<const Choice extends string | number>(choices: readonly Choice[]): MemberReader<Choice> {
  return required((value, place) => {
    const choice = choices.find((candidate) => candidate === value);
    return choice ?? problem(place, `must be one of ${choices.join(', ')}`, value);
  });
}

/** An absolute https URL without user information; http only on loopback and where `allowLoopbackHttp` is set. */
export function httpsUrl(options: { readonly allowLoopbackHttp?: boolean } = {}): MemberReader<string> {
  return required((value, place) => {
    if (typeof value === 'string' && isFetchableUrl(value, options.allowLoopbackHttp ?? false)) return value;
    // User information may be a password.
    return typeof value === 'string' && value.includes('@')
      ? problem(place, 'must be an https URL without user information')
      : problem(place, 'must be an https URL', value);
  });
}

/** The value behind `{ env: NAME }` or `{ file: PATH }`; it never shows in a problem. */
export function secret(): MemberReader<string> {
  return required((value, place) => {
    const resolved = place.secret(value);
    return resolved.ok ? resolved.value : problem(place, `must be { env: NAME } or { file: PATH }: ${resolved.problem}`);
  });
}

/** What `convert` makes of the value of another reader. `rule` completes "<path> …"; it must not hold the value. */
export function converted<From, To>(
  reader: MemberReader<From>,
  convert: (value: From) => { readonly ok: true; readonly value: To } | { readonly ok: false; readonly rule: string },
): MemberReader<To> {
  return required((value, place) => {
    const read = reader.read(value, place);
    if (read === invalid) return invalid;
    const outcome = convert(read as From);
    return outcome.ok ? outcome.value : problem(place, outcome.rule);
  });
}
