import { LRUCache } from 'lru-cache';

const MAX_DISTINCT = 3;
const MAX_CALLS = 10_000;

export interface LoopAlarm {
  /** True once for each call: at its fourth distinct message. A repeated message is not distinct. */
  sees(call: string, message: string): boolean;
}

/** Detects a sender that keeps to a protocol form which every response asks it to leave. Forgets the calls seen longest ago. */
export function createLoopAlarm(maxCalls = MAX_CALLS): LoopAlarm {
  const calls = new LRUCache<string, Set<string>>({ max: maxCalls });
  return {
    sees(call, message) {
      const messages = calls.get(call) ?? new Set<string>();
      calls.set(call, messages);
      if (messages.size > MAX_DISTINCT || messages.has(message)) return false;
      messages.add(message);
      return messages.size > MAX_DISTINCT;
    },
  };
}
