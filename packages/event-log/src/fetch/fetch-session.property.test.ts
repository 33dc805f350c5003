import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../log.ts';
import { createFetchSession } from './fetch-session.ts';
import { BrokerSessions } from './testing/broker-sessions.ts';

const PARTITIONS = 5;

interface Round {
  readonly offsets: readonly (number | null)[];
  readonly fault: 'none' | 'request lost' | 'response lost';
  readonly brokerForgets: boolean;
  readonly grants: boolean;
}

const round: fc.Arbitrary<Round> = fc.record({
  // Null: not wanted.
  offsets: fc.array(fc.option(fc.integer({ min: 0, max: 2 })), { minLength: PARTITIONS, maxLength: PARTITIONS }),
  fault: fc.constantFrom('none', 'none', 'none', 'request lost', 'response lost'),
  brokerForgets: fc.boolean(),
  grants: fc.boolean(),
});

const wantedOf = ({ offsets }: Round): readonly Position[] =>
  offsets.flatMap((offset, partition) => (offset === null ? [] : [{ topic: 't', partition, offset: BigInt(offset) }]));
const sorted = (positions: readonly Position[]): readonly string[] =>
  positions.map(({ partition, offset }) => `${partition}@${offset}`).sort();

describe('fetch session', () => {
  it('makes a broker read exactly what is wanted, whatever is lost, with one request more at most for each loss', () => {
    fc.assert(
      fc.property(fc.array(round, { minLength: 1, maxLength: 30 }), (rounds) => {
        const session = createFetchSession();
        const broker = new BrokerSessions();
        let mayRefuse = false;
        // Of a session that began with a lost response only the broker knows.
        let orphans = 0;
        for (const each of rounds) {
          const wanted = wantedOf(each);
          if (wanted.length === 0) continue;
          broker.grants = each.grants;
          if (each.brokerForgets) broker.forgetAll();
          mayRefuse ||= each.brokerForgets;
          const request = session.request(wanted);
          if (each.fault === 'request lost') {
            session.lost();
            continue;
          }
          const opened = broker.open(request);
          if (opened.errorCode === 0) expect(sorted(opened.positions)).toEqual(sorted(wanted));
          else expect(mayRefuse).toBe(true);
          if (each.fault === 'response lost') {
            session.lost();
            orphans += request.epoch === 0 ? 1 : 0;
          } else session.responded(opened);
          mayRefuse = false;
          expect(broker.count).toBeLessThanOrEqual(1 + orphans);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('names what changed only', () => {
    const session = createFetchSession();
    const at = (partition: number, offset: bigint): Position => ({ topic: 't', partition, offset });
    expect(session.request([at(0, 0n), at(1, 0n)])).toEqual({ sessionId: 0, epoch: 0, partitions: [at(0, 0n), at(1, 0n)], forgotten: [] });
    session.responded({ errorCode: 0, sessionId: 9 });
    expect(session.request([at(0, 5n), at(1, 0n)])).toEqual({ sessionId: 9, epoch: 1, partitions: [at(0, 5n)], forgotten: [] });
    session.responded({ errorCode: 0, sessionId: 9 });
    expect(session.request([at(0, 5n), at(2, 1n)])).toEqual({ sessionId: 9, epoch: 2, partitions: [at(2, 1n)], forgotten: [at(1, 0n)] });
    session.responded({ errorCode: 0, sessionId: 9 });
    expect(session.request([at(0, 5n), at(2, 1n)])).toEqual({ sessionId: 9, epoch: 3, partitions: [], forgotten: [] });
  });

  it.each([
    [70, 0],
    [71, 9],
  ])('begins another session after error %i, naming session %i for the broker to close', (errorCode, named) => {
    const session = createFetchSession();
    const wanted = [{ topic: 't', partition: 0, offset: 0n }];
    session.request(wanted);
    session.responded({ errorCode: 0, sessionId: 9 });
    session.request(wanted);
    session.responded({ errorCode, sessionId: 0 });
    expect(session.request(wanted)).toEqual({ sessionId: named, epoch: 0, partitions: wanted, forgotten: [] });
  });
});
