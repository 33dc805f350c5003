import type { IncomingHttpHeaders } from 'node:http';
import type { SignatureVerdict } from './signature.ts';

/** A request as the receiver got it. */
export interface ReceivedDelivery {
  /** Counts all requests of this receiver, from 1. */
  readonly number: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** When the head had arrived, milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly signature: SignatureVerdict;
}

/** A header that comes once; empty when absent. */
export function headerOf(delivery: ReceivedDelivery, name: string): string {
  return String(delivery.headers[name] ?? '');
}

/** The delivery on one line: what, from which source and app, under which id, and what became of it. */
export function describeDelivery(delivery: ReceivedDelivery): string {
  const type = headerOf(delivery, 'ce-type') || '(no event type)';
  const source = headerOf(delivery, 'ce-source') || '(no source)';
  const id = headerOf(delivery, 'webhook-id') || '(no id)';
  return `${delivery.path} ${type} from ${source}, webhook-id ${id}, signature ${delivery.signature}, ${delivery.body.length} bytes`;
}
