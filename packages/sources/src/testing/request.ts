import { createRoutingTokens, type InboundRequest, type Json, type Routing } from '@switchboard/source-kit';
import { receivedAt } from './raw-notification.ts';

/** A request as the ingress hands it to a source. */
export function requestOf(body: Json | Buffer, overrides: Partial<InboundRequest> = {}): InboundRequest {
  return {
    notificationId: '018f7652-3a40-7000-8000-000000000001',
    receivedAt,
    method: 'POST',
    pathParameters: { app: 'contoso' },
    query: '',
    headers: {},
    duplicateHeaders: [],
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    ...overrides,
  };
}

const tokens = createRoutingTokens(['0123456789abcdef0123456789abcdef']);

/** Routing with one region and real tokens. */
export const routing: Routing = {
  mint: (data) => tokens.mint('contoso', data),
  open: (token) => tokens.open('contoso', token),
  regions: { self: 'emea', table: { emea: 'https://emea.example' } },
};

/** A context that resolves `{ env }` references from the given values. */
export function entryContext(secrets: Readonly<Record<string, string>> = {}) {
  return {
    app: 'contoso',
    secret(reference: unknown) {
      const name = typeof reference === 'object' && reference !== null && 'env' in reference ? String(reference.env) : '';
      const value = secrets[name];
      return value === undefined ? ({ ok: false, problem: 'is not set' } as const) : ({ ok: true, value } as const);
    },
  };
}
