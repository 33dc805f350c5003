import type { AppInstall } from '@switchboard/contracts';
import { expect, it } from 'vitest';
import { createHoldsUp } from './holds-up.ts';
import { createProgress } from './progress.ts';

const webhooks = { ordered: { ordering: 'conversation', disabled: false }, free: { ordering: 'none', disabled: false } };
const view = { get: (id: string) => (id === 'a' ? ({ enabled: true, paused: false, webhooks } as unknown as AppInstall) : undefined) };
const at = (attempts: number, eventType = 'ordered', installId = 'a') => ({
  eventType,
  state: { deliveryId: 'd', installId, installVersion: 1, attempts, deferrals: 0, run: '0', firstAt: 0, bodyVersion: 1 },
});

it('is so for a delivery of a webhook that asks for an order, and for no other', () => {
  const holdsUp = createHoldsUp(view, createProgress(10));
  expect(holdsUp(at(1))).toBe(true);
  expect(holdsUp(at(1, 'free'))).toBe(false);
  expect(holdsUp(at(1, 'ordered', 'removed'))).toBe(false);
});

it('is over once the delivery has gone on from there', () => {
  const progress = createProgress(10);
  const holdsUp = createHoldsUp(view, progress);
  progress.reached('d/0', { attempts: 2, deferrals: 0 });
  expect([at(1), at(2)].map((delivery) => holdsUp(delivery))).toEqual([false, true]);
  progress.reached('d/0', 'ended');
  expect(holdsUp(at(2))).toBe(false);
});
