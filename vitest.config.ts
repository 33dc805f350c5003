import { defineConfig } from 'vitest/config';
import { summary } from './test/support/summary-reporter.ts';

/** Where many tests share few cores, a second, which vitest waits unless told, is soon over. */
const patient = { poll: { timeout: 10_000 } };

export default defineConfig({
  test: {
    reporters: ['default', summary],
    // Those that share brokers or need the whole machine run one after another, by groupOrder; one without it would come last.
    projects: [
      {
        test: {
          name: 'unit',
          expect: patient,
          include: [
            'packages/**/*.test.ts',
            'services/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/support/**/*.test.ts',
            'test/bench/**/*.test.ts',
            'test/chaos/{checker,entries,evidence,faults,load,run}/**/*.test.ts',
          ],
          // Properties and bit-by-bit checks take long only where many tests share few cores.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          expect: patient,
          include: ['test/integration/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'cluster',
          expect: patient,
          include: ['test/cluster/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'e2e',
          expect: patient,
          include: ['test/e2e/**/*.test.ts'],
          sequence: { groupOrder: 3 },
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'chaos',
          expect: patient,
          include: ['test/chaos/*.test.ts'],
          // It needs every core there is.
          sequence: { groupOrder: 4 },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'upgrade',
          expect: patient,
          include: ['test/upgrade/*.test.ts'],
          sequence: { groupOrder: 5 },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'compose',
          expect: patient,
          include: ['test/compose/**/*.test.ts'],
          sequence: { groupOrder: 6 },
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
