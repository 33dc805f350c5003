import type { Random } from '../../support/random.ts';

/** What a notification is about. */
export interface Subject {
  /** Counts the notifications of a run, from 0. */
  readonly index: number;
  readonly marker: string;
  readonly tenantId: string;
  /** Conversation or call that other notifications are about too. */
  readonly conversation: string;
  readonly random: Random;
}
