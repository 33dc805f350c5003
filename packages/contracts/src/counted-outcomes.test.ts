import { expect, it } from 'vitest';
import { createDuplicateCheck } from './counted-outcomes.ts';

it('counts the first end of a delivery, each run for itself', () => {
  const isDuplicate = createDuplicateCheck();
  const outcomes = [
    { deliveryId: 'a', run: '0', terminal: false },
    { deliveryId: 'a', run: '0', terminal: true },
    { deliveryId: 'b', run: '0', terminal: true },
    { deliveryId: 'a', run: '0', terminal: true },
    { deliveryId: 'a', run: '0', terminal: false },
    { deliveryId: 'a', run: '1', terminal: true },
    { deliveryId: 'a', run: '1', terminal: true },
  ];
  expect(outcomes.map(isDuplicate)).toEqual([false, false, false, true, false, false, true]);
});
