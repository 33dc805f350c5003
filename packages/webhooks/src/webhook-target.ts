import { isReservedHeader } from '@switchboard/app-installs';
import type { Webhook } from '@switchboard/contracts';

/** Where the attempts of a webhook go. */
export interface WebhookTarget {
  /** Scheme, host and port of the endpoint. */
  readonly origin: string;
  /** Path and query of the endpoint. */
  readonly path: string;
  /** The endpoint as records and logs may have it: without the query, which may hold a key. */
  readonly shown: string;
}

const targets = new WeakMap<Webhook, WebhookTarget>();
const ownHeaders = new WeakMap<Webhook, readonly string[]>();

/** Parsed once for each version of an install. Throws TypeError for an endpoint that is no URL, which no install document has. */
export function targetOf(webhook: Webhook): WebhookTarget {
  let target = targets.get(webhook);
  if (target === undefined) {
    const { origin, pathname, search } = new URL(webhook.endpoint);
    target = { origin, path: `${pathname}${search}`, shown: `${origin}${pathname}` };
    targets.set(webhook, target);
  }
  return target;
}

/** The install's own headers: names in lower case and values, by turns. Those that attempts set themselves are left out. */
export function ownHeadersOf(webhook: Webhook): readonly string[] {
  let headers = ownHeaders.get(webhook);
  if (headers === undefined) {
    const own = Object.fromEntries(webhook.headers.map(({ name, value }) => [name.toLowerCase(), value]));
    headers = Object.entries(own)
      .filter(([name]) => !isReservedHeader(name))
      .flat();
    ownHeaders.set(webhook, headers);
  }
  return headers;
}
