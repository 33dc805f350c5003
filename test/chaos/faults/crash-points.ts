import type { DataPlaneName } from '@switchboard/local-stack';

/** Where a service can be told to kill itself, by service. */
export const crashPoints = {
  ingress: ['after-append-before-answer'],
  normalizer: ['before-commit', 'after-commit'],
  delivery: [
    'fan-out-before-commit',
    'fan-out-after-commit',
    // The transaction ends within an event: the cursor is committed with its offset.
    'continued-fan-out-before-commit',
    'continued-fan-out-after-commit',
    'after-200-before-outcome',
    'after-outcome-before-retry',
    'after-retry-append',
    'after-dead-before-outcome',
    'after-outcome-before-commit',
  ],
} as const satisfies Readonly<Record<DataPlaneName, readonly string[]>>;

export type CrashPoint = (typeof crashPoints)[DataPlaneName][number];

export const isContinuedFanOut = (point: CrashPoint): boolean => point.startsWith('continued-fan-out-');
