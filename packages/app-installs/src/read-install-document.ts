import { isEventType } from '@switchboard/contracts';
import { endpointProblem, shownEndpoint } from './endpoint.ts';
import type { FilterDocument, InstallDocument, WebhookDocument } from './install-document.ts';
import type { InstallProblem } from './install-problem.ts';
import { shown } from './install-problem.ts';
import { isJsonObject, type ObjectReader, readObject } from './object-reader.ts';
import { createProblemList } from './problem-list.ts';
import { readSigningSecret } from './signing-secret.ts';
import { readWebhookHeaders } from './webhook-headers.ts';

export type InstallDocumentOutcome =
  | { readonly ok: true; readonly document: InstallDocument }
  | {
      readonly ok: false;
      /** The first 20. */
      readonly problems: readonly InstallProblem[];
      /** Number of all problems. */
      readonly problemCount: number;
    };

/** A member of `webhooks` that is not an event type: it holds the retention time of the whole install. */
const RETRY_MEMBER = 'retry';
const MAX_RETENTION_SECONDS = 259_200;

function readWebhook(webhook: ObjectReader): WebhookDocument {
  webhook.only(['endpoint', 'max_retries', 'headers', 'ordering', 'max_concurrency', 'rate_limit', 'replier', 'disable_on_gone']);
  webhook.require('endpoint', 'the https URL to send to');
  const endpoint = webhook.string('endpoint') ?? '';
  const wrong = endpoint === '' ? undefined : endpointProblem(endpoint);
  if (wrong !== undefined) webhook.problem('ERR_INSTALL_ENDPOINT', 'endpoint', `${wrong} (${shownEndpoint(endpoint)})`);
  return {
    endpoint,
    maxRetries: webhook.integer('max_retries', { min: 0, max: 5 }) ?? 0,
    headers: readWebhookHeaders(webhook),
    ordering: webhook.oneOf('ordering', ['conversation']) ?? null,
    maxConcurrency: webhook.integer('max_concurrency', { min: 1, max: 100 }) ?? null,
    rateLimit: webhook.positiveNumber('rate_limit', { max: 10_000 }) ?? null,
    replier: webhook.boolean('replier') ?? false,
    disableOnGone: webhook.boolean('disable_on_gone') ?? false,
  };
}

function readRetention(webhooks: ObjectReader): number | null {
  const retry = webhooks.object(RETRY_MEMBER);
  if (retry === undefined) return null;
  retry.only(['retention_time']);
  const seconds = retry.integer('retention_time', { min: 0, max: MAX_RETENTION_SECONDS }) ?? 0;
  if (seconds === 1) retry.problem('ERR_INSTALL_OUT_OF_RANGE', 'retention_time', `must be 0 or from 2 to ${MAX_RETENTION_SECONDS} seconds`);
  return seconds === 0 ? null : seconds;
}

function readWebhooks(webhooks: ObjectReader): InstallDocument['webhooks'] {
  const read: Partial<Record<string, WebhookDocument>> = {};
  for (const name of webhooks.names()) {
    if (name === RETRY_MEMBER) continue;
    if (!isEventType(name)) {
      webhooks.problem('ERR_INSTALL_UNKNOWN_EVENT_TYPE', name, 'is not an event type');
      continue;
    }
    const webhook = webhooks.object(name);
    if (webhook !== undefined) read[name] = readWebhook(webhook);
  }
  return read;
}

function readFilter(root: ObjectReader): FilterDocument | null {
  const filter = root.object('filter');
  if (filter === undefined) return null;
  filter.only(['apps', 'tenants', 'sources']);
  const list = (name: string) => filter.strings(name, { maxItems: 1_000 }) ?? null;
  const read = { apps: list('apps'), tenants: list('tenants'), sources: list('sources') };
  return read.apps === null && read.tenants === null && read.sources === null ? null : read;
}

function readSecret(root: ObjectReader): string | null {
  if (!root.has('signing_secret')) return null;
  const text = root.value('signing_secret');
  if (typeof text === 'string' && readSigningSecret(text) !== undefined) return text;
  root.problem('ERR_INSTALL_OUT_OF_RANGE', 'signing_secret', 'must be whsec_ and the base64 text of 24 to 64 bytes');
  return null;
}

/**
 * Reads an app-install document, already parsed from JSON. Reports the first 20 problems, each with its member, and the
 * number of all. Unknown members are refused, so that a misspelt one is not ignored silently.
 */
export function readInstallDocument(value: unknown): InstallDocumentOutcome {
  if (!isJsonObject(value)) {
    const message = `the document must be a JSON object, not ${shown(value)}`;
    return { ok: false, problems: [{ code: 'ERR_INSTALL_WRONG_TYPE', member: '', message }], problemCount: 1 };
  }
  const problems = createProblemList<InstallProblem>();
  const root = readObject(value, '', problems);
  root.only(['client_name', 'enabled', 'capabilities', 'filter', 'signing_secret']);
  root.require('client_name', 'the name of the app install');
  const clientName = root.string('client_name', { maxLength: 128 }) ?? '';
  const enabled = root.boolean('enabled') ?? true;
  const capabilities = root.object('capabilities');
  capabilities?.only(['webhooks']);
  const webhooks = capabilities?.object('webhooks');
  const document: Omit<InstallDocument, 'text'> = {
    clientName,
    enabled,
    webhooks: webhooks === undefined ? {} : readWebhooks(webhooks),
    retentionTimeSeconds: webhooks === undefined ? null : readRetention(webhooks),
    filter: readFilter(root),
    signingSecret: readSecret(root),
  };
  // Only a document without a problem is known to be shallow enough for JSON.stringify.
  if (problems.count > 0) return { ok: false, problems: problems.first, problemCount: problems.count };
  const { signing_secret: _secret, ...withoutSecret } = value;
  return { ok: true, document: { ...document, text: JSON.stringify(withoutSecret) } };
}
