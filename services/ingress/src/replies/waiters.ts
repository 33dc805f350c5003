import type { ReplyKind } from '@switchboard/source-kit';
import { LRUCache } from 'lru-cache';

export type ReplyCheck = (
  activity: string,
  kind: ReplyKind,
) => { readonly ok: true; readonly body: string } | { readonly ok: false; readonly code: string };

/** `elsewhere`: no request of this process waits for the reply, or did. */
type ReplyOutcome = 'sent' | 'late' | 'elsewhere' | { readonly refused: string };

export interface Waiter {
  /** The body of the first valid reply; undefined when no valid one arrives within `timeoutMs` from now, or after `cancel`. */
  reply(timeoutMs: number): Promise<string | undefined>;
  /** Ends the waiting: the sender has disconnected, or its request was refused. */
  cancel(): void;
}

export interface Waiters {
  /** Starts to wait; call it before the append, so that no reply can be earlier. */
  wait(notificationId: string, kind: ReplyKind): Waiter;
  offer(notificationId: string, activity: string): ReplyOutcome;
  size(): number;
}

const REMEMBERED = 10_000;

export function createWaiters(checkReply: ReplyCheck): Waiters {
  const waiting = new Map<string, { readonly kind: ReplyKind; readonly end: (body: string) => void }>();
  const ended = new LRUCache<string, true>({ max: REMEMBERED });
  return {
    wait(notificationId, kind) {
      const first = Promise.withResolvers<string | undefined>();
      let timer: NodeJS.Timeout | undefined;
      const end = (body: string | undefined): void => {
        if (!waiting.delete(notificationId)) return;
        clearTimeout(timer);
        ended.set(notificationId, true);
        first.resolve(body);
      };
      waiting.set(notificationId, { kind, end });
      return {
        reply(timeoutMs) {
          if (waiting.has(notificationId)) timer = setTimeout(() => end(undefined), Math.max(0, timeoutMs));
          return first.promise;
        },
        cancel: () => end(undefined),
      };
    },
    offer(notificationId, activity) {
      const waiter = waiting.get(notificationId);
      if (waiter === undefined) return ended.has(notificationId) ? 'late' : 'elsewhere';
      const checked = checkReply(activity, waiter.kind);
      if (!checked.ok) return { refused: checked.code };
      waiter.end(checked.body);
      return 'sent';
    },
    size: () => waiting.size,
  };
}
