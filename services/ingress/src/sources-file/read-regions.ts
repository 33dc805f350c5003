import { isIP } from 'node:net';
import type { Regions } from '../routing/routing.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

export type Problems = (problem: string) => void;

/** The end of a problem: the kind of a value that may hold a secret, as `(got string)`. */
export function gotKind(value: unknown): string {
  if (value === undefined || value === null) return '(got none)';
  return Array.isArray(value) ? '(got list)' : `(got ${typeof value})`;
}

/** The end of a problem: a value that is not secret, as `(got "EMEA")`; of an object its kind. */
export function gotValue(value: unknown): string {
  return typeof value === 'object' || value === undefined ? gotKind(value) : `(got ${JSON.stringify(value)})`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** Base URL of a region without a trailing slash; https, but for loopback addresses. */
function readBaseUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/** Reads the member `regions`; without it there is one region and no address to send anyone to. */
export function readRegions(value: unknown, problem: Problems): Regions {
  if (value === undefined) return { self: 'default', table: {} };
  if (!isObject(value)) {
    problem(`regions: must be an object ${gotKind(value)}`);
    return { self: 'default', table: {} };
  }
  const { self, table = {}, ...others } = value;
  for (const name of Object.keys(others)) problem(`regions.${name}: is not a known member (self, table)`);
  const ownName = typeof self === 'string' && NAME.test(self) ? self : undefined;
  if (ownName === undefined) problem(`regions.self: must be a name of lower-case letters, digits and hyphens ${gotValue(self)}`);
  const urls: Record<string, string> = Object.create(null);
  if (!isObject(table)) problem(`regions.table: must be an object of region name to base URL ${gotKind(table)}`);
  else {
    for (const [name, address] of Object.entries(table)) {
      const url = readBaseUrl(address);
      if (!NAME.test(name)) problem(`regions.table.${name}: must be named by lower-case letters, digits and hyphens`);
      else if (url === undefined) problem(`regions.table.${name}: must be an https URL without query or user ${gotValue(address)}`);
      else urls[name] = url;
    }
  }
  return { self: ownName ?? 'default', table: urls };
}
