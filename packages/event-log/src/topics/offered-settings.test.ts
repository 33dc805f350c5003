import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choices, offeredSettings } from './offered-settings.ts';

const SETTINGS = { 'cleanup.policy': 'compact', a: '1', b: '2', c: '3', d: '4' };
const OPTIONAL = ['a', 'b', 'c', 'd'];

function protocolError(type: string, code: number): Error {
  return Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, code, retriable: false });
}

const POLICY_VIOLATION = protocolError('POLICY_VIOLATION', 44);
const INVALID_CONFIG = protocolError('INVALID_CONFIG', 40);

describe('the settings that a cluster offers', () => {
  it('are all but those that it refuses', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(OPTIONAL), fc.constantFrom(POLICY_VIOLATION, INVALID_CONFIG), async (refusedNames, error) => {
        const { offered, refused } = await offeredSettings(SETTINGS, async (some) => {
          if (Object.keys(some).some((name) => refusedNames.includes(name))) throw error;
        });
        expect(refused.toSorted()).toEqual(refusedNames);
        expect(Object.keys(offered).toSorted()).toEqual(
          Object.keys(SETTINGS)
            .filter((name) => !refusedNames.includes(name))
            .toSorted(),
        );
      }),
    );
  });

  it('keep what a policy demands while it refuses others', async () => {
    const { refused } = await offeredSettings(SETTINGS, async (some) => {
      if (!('b' in some) || 'a' in some || 'd' in some) throw POLICY_VIOLATION;
    });
    expect(refused.toSorted()).toEqual(['a', 'd']);
  });

  it('are never without the cleanup policy: the refusal is thrown', async () => {
    const validated: object[] = [];
    const asking = offeredSettings(SETTINGS, async (some) => {
      validated.push(some);
      if ('cleanup.policy' in some) throw POLICY_VIOLATION;
    });
    await expect(asking).rejects.toBe(POLICY_VIOLATION);
    expect(validated).toHaveLength(16);
  });

  it('are not looked for when the cluster fails for another reason', async () => {
    const error = protocolError('CLUSTER_AUTHORIZATION_FAILED', 31);
    await expect(offeredSettings(SETTINGS, () => Promise.reject(error))).rejects.toBe(error);
  });
});

it('choices are every subset once, smaller ones first', () => {
  expect(choices(['a', 'b', 'c']).map((choice) => choice.join(''))).toEqual(['', 'a', 'b', 'c', 'ab', 'ac', 'bc', 'abc']);
});
