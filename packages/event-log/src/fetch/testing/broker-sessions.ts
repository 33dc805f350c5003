import type { Position, TopicPartition } from '../../log.ts';
import { keyOf } from '../../partition-key.ts';
import type { SessionPart } from '../../wire/fetch.ts';

interface Session {
  readonly partitions: Map<string, Position>;
  nextEpoch: number;
}

/** What a broker reads for a request. */
export interface Opened {
  readonly errorCode: number;
  readonly sessionId: number;
  readonly positions: readonly Position[];
  /** The response names only partitions that have something. */
  readonly incremental: boolean;
}

/** Fetch sessions as a broker keeps them (KIP-227). */
export class BrokerSessions {
  readonly #sessions = new Map<number, Session>();
  #lastId = 0;
  /** False: the broker has no room for sessions. */
  grants = true;

  open({ sessionId, epoch, partitions, forgotten }: SessionPart): Opened {
    if (epoch <= 0) {
      this.#sessions.delete(sessionId);
      return { errorCode: 0, sessionId: epoch === 0 ? this.#create(partitions) : 0, positions: partitions, incremental: false };
    }
    const session = this.#sessions.get(sessionId);
    if (session?.nextEpoch !== epoch) {
      return { errorCode: session === undefined ? 70 : 71, sessionId: 0, positions: [], incremental: true };
    }
    for (const position of partitions) session.partitions.set(keyOf(position), position);
    for (const partition of forgotten) session.partitions.delete(keyOf(partition));
    session.nextEpoch += 1;
    if (session.partitions.size > 0) return { errorCode: 0, sessionId, positions: [...session.partitions.values()], incremental: true };
    this.#sessions.delete(sessionId);
    return { errorCode: 0, sessionId: 0, positions: [], incremental: false };
  }

  /** Those that brought something are read last from then on. */
  moveToEnd(sessionId: number, partition: TopicPartition): void {
    const partitions = this.#sessions.get(sessionId)?.partitions;
    const position = partitions?.get(keyOf(partition));
    if (position === undefined) return;
    partitions?.delete(keyOf(position));
    partitions?.set(keyOf(position), position);
  }

  /** As at a restart, or when other sessions need the room. */
  forgetAll(): void {
    this.#sessions.clear();
  }

  get count(): number {
    return this.#sessions.size;
  }

  #create(partitions: readonly Position[]): number {
    if (!this.grants) return 0;
    this.#lastId += 1;
    this.#sessions.set(this.#lastId, { partitions: new Map(partitions.map((each) => [keyOf(each), each])), nextEpoch: 1 });
    return this.#lastId;
  }
}
