import { describe } from 'vitest';
import { appendContract } from './append-contract.ts';
import { consumeContract } from './consume-contract.ts';
import type { LogFactory } from './contract-parts.ts';
import { readContract } from './read-contract.ts';

/** Defines the tests that every log passes: what appenders, readers, consumers of one member and the admin promise. */
export function eventLogContract(name: string, factory: LogFactory): void {
  describe(name, () => {
    appendContract(factory);
    readContract(factory);
    consumeContract(factory);
  });
}
