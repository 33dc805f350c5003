import type { ServiceName } from '@switchboard/local-stack';

/** Where a service can be told to kill itself, by service. */
export const crashPoints = {
  ingress: ['after-append-before-answer'],
  normalizer: ['before-commit', 'after-commit'],
  delivery: [
    'fan-out-before-commit',
    'fan-out-after-commit',
    'after-200-before-outcome',
    'after-outcome-before-retry',
    'after-retry-append',
    'after-dead-before-outcome',
    'after-outcome-before-commit',
  ],
} as const satisfies Readonly<Record<ServiceName, readonly string[]>>;

export type CrashPoint = (typeof crashPoints)[ServiceName][number];
