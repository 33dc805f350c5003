import type { ProcessorOptions } from '@switchboard/event-log';

/** Knows which input records are being processed, and are not at their last step. */
export interface OpenRecords {
  some(): boolean;
  around(process: ProcessorOptions['process']): ProcessorOptions['process'];
}

export function createOpenRecords(): OpenRecords {
  const open = new Set<symbol>();
  return {
    some: () => open.size > 0,
    around: (process) =>
      async function* (record, cursor) {
        const mine = Symbol('record');
        try {
          for await (const step of process(record, cursor)) {
            if (step.cursor === undefined) open.delete(mine);
            else open.add(mine);
            yield step;
          }
        } finally {
          open.delete(mine);
        }
      },
  };
}
