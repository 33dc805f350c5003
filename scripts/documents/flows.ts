import type { topics } from '../../packages/contracts/src/index.ts';

/** Who writes and who reads a topic. */
export interface Flow {
  readonly producer: string;
  readonly consumers: string;
}

/** Who uses each topic; the code itself only says what a process may do. */
export const flows: Readonly<Record<keyof typeof topics, Flow>> = {
  raw: { producer: 'ingress', consumers: 'normalizer' },
  rejected: { producer: 'normalizer', consumers: 'people' },
  messaging: { producer: 'normalizer', consumers: 'fan-out, any subscriber' },
  conversation: { producer: 'normalizer', consumers: 'fan-out, any subscriber' },
  calling: { producer: 'normalizer', consumers: 'fan-out, any subscriber' },
  installs: { producer: 'admin, attempts (status 410)', consumers: 'fan-out, attempts, admin' },
  pending: { producer: 'fan-out', consumers: 'attempts' },
  retry1: { producer: 'attempts', consumers: 'attempts' },
  retry2: { producer: 'attempts', consumers: 'attempts' },
  retry3: { producer: 'attempts', consumers: 'attempts' },
  retry4: { producer: 'attempts', consumers: 'attempts' },
  retry5: { producer: 'attempts', consumers: 'attempts' },
  replay: { producer: '–', consumers: '–' },
  dead: { producer: 'attempts', consumers: 'people' },
  outcomes: { producer: 'attempts', consumers: 'people, the command line' },
  replays: { producer: '–', consumers: '–' },
  audit: { producer: 'admin, attempts (status 410)', consumers: 'admin' },
  settings: { producer: '`topics apply`', consumers: '`topics apply`' },
  replies: { producer: 'attempts (repliers), any writer', consumers: 'ingress' },
};
