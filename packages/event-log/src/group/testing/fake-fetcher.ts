import type { createFetcher, FetcherOptions } from '../../fetch/fetcher.ts';
import type { Position, TopicPartition } from '../../log.ts';

/** Fetchers that read nothing, and what was asked of them. */
export interface FakeFetchers {
  readonly createFetcher: typeof createFetcher;
  /** Of all fetchers, in order: `assign 0@5 1@7`, `seek 0@9`, `pause 0`, `resume 0`, `stop`. */
  readonly calls: string[];
  /** Options of the fetcher that was made last. */
  options(): FetcherOptions;
}

const at = ({ partition, offset }: Position): string => `${partition}@${offset}`;

export function createFakeFetchers(): FakeFetchers {
  const calls: string[] = [];
  let last: FetcherOptions | undefined;
  return {
    calls,
    options() {
      if (last === undefined) throw new Error('no fetcher was made');
      return last;
    },
    createFetcher(options) {
      last = options;
      return {
        assign: (positions) => void calls.push(['assign', ...positions.map(at)].join(' ')),
        seek: (position) => void calls.push(`seek ${at(position)}`),
        pause: ({ partition }: TopicPartition) => void calls.push(`pause ${partition}`),
        resume: ({ partition }: TopicPartition) => void calls.push(`resume ${partition}`),
        async stop() {
          calls.push('stop');
        },
      };
    },
  };
}
