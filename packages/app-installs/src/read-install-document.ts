import type { InstallFilter } from '@switchboard/contracts';
import { createValidator, type Keyword, messageOf } from '@switchboard/validation';
import {
  type InstallDocument,
  type InstallDocumentJson,
  installDocumentSchema,
  type WebhookDocument,
  type WebhookJson,
} from './install-document.ts';
import type { InstallProblem, InstallProblemCode } from './install-problem.ts';
import { isReservedHeader } from './reserved-headers.ts';
import { readSigningSecret } from './signing-secret.ts';

export type InstallDocumentOutcome =
  | { readonly ok: true; readonly document: InstallDocument }
  | {
      readonly ok: false;
      /** The first 20. */
      readonly problems: readonly InstallProblem[];
      /** Number of all problems. */
      readonly problemCount: number;
    };

const freeHeaderName: Keyword<true, string> = {
  type: 'string',
  broken: (_, name) => (isReservedHeader(name) ? { rule: 'must not be a reserved header name' } : undefined),
};

const signingSecret: Keyword<true, string> = {
  type: 'string',
  broken: (_, text) =>
    readSigningSecret(text) === undefined ? { rule: 'must be whsec_ and the base64 text of 24 to 64 bytes' } : undefined,
};

/** Keywords of the schemas of this package. */
export const installKeywords = { freeHeaderName, signingSecret };

const validator = createValidator<typeof installDocumentSchema, InstallProblemCode>(installDocumentSchema, {
  codes: {
    missing: 'ERR_INSTALL_MISSING',
    unknown: 'ERR_INSTALL_UNKNOWN_MEMBER',
    type: 'ERR_INSTALL_WRONG_TYPE',
    value: 'ERR_INSTALL_OUT_OF_RANGE',
  },
  keywords: installKeywords,
});

/**
 * Reads an app-install document, already parsed from JSON. Reports the first 20 problems, each with its member, and the
 * number of all. Unknown members are refused, so that a misspelt one is not ignored silently.
 */
export function readInstallDocument(value: unknown): InstallDocumentOutcome {
  const checked = validator.check(value);
  if (checked.ok) return { ok: true, document: completed(checked.value) };
  const { problemCount } = checked;
  const problems = checked.problems.map((problem) => ({ code: problem.code, member: problem.member, message: messageOf(problem) }));
  return { ok: false, problems, problemCount };
}

/** The document with its defaults. A secret of the platform has no use here, and is not stored. */
function completed(json: InstallDocumentJson): InstallDocument {
  const { signing_secret: signingSecret = null, ...stored } = json;
  const { retry, ...webhooks } = json.capabilities?.webhooks ?? {};
  return {
    clientName: json.client_name,
    enabled: json.enabled ?? true,
    webhooks: Object.fromEntries(Object.entries(webhooks).map(([type, webhook]) => [type, completedWebhook(webhook)])),
    retentionTimeSeconds: retry?.retention_time || null,
    filter: completedFilter(json.filter ?? {}),
    signingSecret,
    text: JSON.stringify(stored.client_secret === undefined ? stored : { ...stored, client_secret: '' }),
  };
}

function completedWebhook(webhook: WebhookJson): WebhookDocument {
  return {
    endpoint: webhook.endpoint,
    maxRetries: webhook.max_retries ?? 0,
    headers: (webhook.headers ?? []).map(({ header_name: name, header_value: value }) => ({ name, value })),
    ordering: webhook.ordering ?? null,
    maxConcurrency: webhook.max_concurrency ?? null,
    rateLimit: webhook.rate_limit ?? null,
    replier: webhook.replier ?? false,
    disableOnGone: webhook.disable_on_gone ?? false,
  };
}

function completedFilter(filter: NonNullable<InstallDocumentJson['filter']>): InstallFilter | null {
  const list = (names: readonly string[] | undefined) => (names === undefined ? null : [...new Set(names)]);
  const { apps, tenants, sources } = filter;
  if (apps === undefined && tenants === undefined && sources === undefined) return null;
  return { apps: list(apps), tenants: list(tenants), sources: list(sources) };
}
