import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaLog } from '../../../packages/event-log/src/kafka-log.ts';
import type { Consumer } from '../../../packages/event-log/src/log.ts';

export interface SlowGroup {
  /** Values handed over so far, those of each partition as often as they were. */
  readonly handedOver: readonly string[];
  /** Joins another member; it is replaced when it ends by itself, as a supervisor does. */
  join(): Promise<void>;
  /** The oldest member leaves with work that is not done. */
  leaveAtOnce(): Promise<void>;
  stop(): Promise<void>;
}

const MOST_OPEN = 40;
/** One record of so many takes long: those after it are done before it. */
const SLOW_EVERY = 15;
const SLOW_MS = 1_500;

/** A group of members that finish records out of order, so that there are gaps above what is committed. */
export function startSlowGroup(log: KafkaLog, options: { readonly groupId: string; readonly topics: readonly string[] }): SlowGroup {
  const handedOver: string[] = [];
  const members: Consumer[] = [];
  let stopping = false;
  let count = 0;

  async function join(): Promise<void> {
    while (!stopping) {
      try {
        const member = await log.consumer({
          ...options,
          maxOpenPerPartition: MOST_OPEN,
          onRecord({ record, done }) {
            handedOver.push(`${record.value}`);
            count += 1;
            setTimeout(done, count % SLOW_EVERY === 0 ? SLOW_MS : randomInt(30));
          },
        });
        members.push(member);
        member.done.catch(async () => {
          members.splice(members.indexOf(member), 1);
          await join();
        });
        return;
      } catch {
        await delay(200);
      }
    }
  }

  return {
    handedOver,
    join,
    leaveAtOnce: async () => await members.shift()?.stop({ drainMs: 0 }),
    async stop() {
      stopping = true;
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}
