import { setTimeout as delay } from 'node:timers/promises';
import type { SchemaRegistry } from '@kafkajs/confluent-schema-registry';

type Middleware = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>[number];

/**
 * Ends every call of the registry client after `timeoutMs`, its retries included, and lets go of its connection. It
 * stands within the client: the client hands an unfinished call to everyone who asks for the same schema, so a deadline
 * around the client would leave the hung call in its place. Aborting alone is not enough either: the client never
 * settles a call whose answer breaks off in its body.
 */
export function registryDeadline(timeoutMs: number): Middleware {
  return () => {
    const end = new AbortController();
    return {
      request: async (request) => request.enhance({ signal: end.signal }),
      response: (next) => {
        const waiting = new AbortController();
        const deadline = delay(timeoutMs, undefined, { signal: waiting.signal }).then(() => {
          end.abort();
          throw new Error(`the registry did not answer within ${timeoutMs} ms`);
        });
        return Promise.race([next(), deadline]).finally(() => waiting.abort());
      },
    };
  };
}
