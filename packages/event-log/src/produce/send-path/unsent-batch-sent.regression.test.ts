import { expect, it } from 'vitest';
import { silentLogger } from '../../logger.ts';
import { createManualClock } from '../../testing/manual-clock.ts';
import { createFakeCluster } from '../testing/fake-cluster.ts';
import { createSender } from './sender.ts';

// A batch of a discarded producer that had not been sent is sent by the next one. Where the discarded one still looked for the
// broker, it sent the batch afterwards, too: with another producer id the broker writes it twice.

it.each(['findBroker', 'refreshMetadataIfNecessary'] as const)(
  'never sends a batch whose outcome is unsent, although the producer was discarded while it waited for %s',
  async (waitsFor) => {
    const fake = createFakeCluster({ t: [1] });
    const gate = Promise.withResolvers<void>();
    const stock = fake.cluster[waitsFor] as (...args: unknown[]) => Promise<unknown>;
    const cluster = {
      ...fake.cluster,
      [waitsFor]: async (...args: unknown[]) => {
        await gate.promise;
        return stock(...args);
      },
    };
    const identity = { producerId: 7n, producerEpoch: 0, transactionalId: null };
    const sender = createSender({ cluster, identity, logger: silentLogger, clock: createManualClock() });
    const record = { key: null, value: Buffer.from('once'), headers: [], timestamp: 0 };
    const sending = sender.send([{ topic: 't', partition: 0, records: [record] }]);
    await new Promise(setImmediate);
    sender.discard(new Error('another batch was refused'));
    gate.resolve();
    expect(await sending).toMatchObject([{ kind: 'unsent' }]);
    expect(fake.values('t', 0)).toEqual([]);
  },
);
