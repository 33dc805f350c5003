import { createFifo } from './fifo.ts';
import type { Job } from './job.ts';

/** How many jobs of each flow are queued. */
export interface FlowSizes {
  of(flow: string): number;
  add(flow: string, count: number): void;
  entries(): Iterable<readonly [flow: string, size: number]>;
}

export function createFlowSizes(): FlowSizes {
  const sizes = new Map<string, number>();
  return {
    of: (flow) => sizes.get(flow) ?? 0,
    add: (flow, count) => {
      const size = (sizes.get(flow) ?? 0) + count;
      if (size === 0) sizes.delete(flow);
      else sizes.set(flow, size);
    },
    entries: () => sizes,
  };
}

interface Queued<J extends Job> {
  readonly job: J;
  readonly since: number;
}

/** The jobs of one kind that wait in a lane, in order. */
export interface JobQueue<J extends Job> {
  readonly length: number;
  /** What the jobs hold in memory together. */
  readonly bytes: number;
  push(job: J, now: number): void;
  /** Takes out the first job; with a time, only one that was pushed before it. */
  shift(pushedBefore?: number): J | undefined;
  /** Takes out what the predicate names, keeping the order of the rest. */
  remove(predicate: (job: J) => boolean): readonly J[];
  /** Of the flows that have jobs here the one with the fewest jobs in all lanes: its next turn comes soonest. Undefined where no job waits. */
  smallestFlow(): string | undefined;
}

/** Bounds the time of a look at a lane with jobs of very many flows. */
const MOST_LOOKED_AT = 64;

/** `sizes` counts what is queued in all lanes, this one included. */
export function createJobQueue<J extends Job>(sizes: FlowSizes): JobQueue<J> {
  const queue = createFifo<Queued<J>>();
  /** Only while jobs wait: most lanes are empty at most times. */
  let own: FlowSizes | undefined;
  let bytes = 0;

  function left(job: J): J {
    bytes -= job.bytes;
    own?.add(job.flow, -1);
    sizes.add(job.flow, -1);
    if (queue.length === 0) own = undefined;
    return job;
  }

  return {
    get length() {
      return queue.length;
    },
    get bytes() {
      return bytes;
    },
    push: (job, now) => {
      queue.push({ job, since: now });
      bytes += job.bytes;
      own ??= createFlowSizes();
      own.add(job.flow, 1);
      sizes.add(job.flow, 1);
    },
    shift: (pushedBefore = Number.POSITIVE_INFINITY) => {
      const head = queue.peek();
      if (head === undefined || head.since >= pushedBefore) return undefined;
      queue.shift();
      return left(head.job);
    },
    remove: (predicate) => queue.remove(({ job }) => predicate(job)).map(({ job }) => left(job)),
    smallestFlow: () => {
      let smallest: { readonly flow: string; readonly size: number } | undefined;
      let looked = 0;
      for (const [flow, count] of own?.entries() ?? []) {
        const size = sizes.of(flow);
        // No other lane has jobs of it: each of its turns is for this lane.
        if (size === count) return flow;
        if (smallest === undefined || size < smallest.size) smallest = { flow, size };
        looked += 1;
        if (looked === MOST_LOOKED_AT) break;
      }
      return smallest?.flow;
    },
  };
}
