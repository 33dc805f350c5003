import { describe, expect, it } from 'vitest';
import type { LogRecord, Step } from '../log.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { type PackOptions, packTransaction } from './pack-transaction.ts';
import { createRecordBuffer } from './record-buffer.ts';
import { createStepSource } from './step-source.ts';

const BOUNDS = { maxRecords: 1_000, maxBytes: 1_000_000, maxAgeMs: 1_000 };

const input = (offset: number): LogRecord => ({
  topic: 'in',
  partition: 0,
  offset: BigInt(offset),
  timestamp: 0,
  key: null,
  value: null,
  headers: [],
});

/** A step of so many output records with so many bytes each. */
function step(count: number, { bytes = 1, cursor }: { readonly bytes?: number; readonly cursor?: string } = {}): Step {
  const records = Array.from({ length: count }, () => ({ topic: 'out', key: Buffer.alloc(bytes), value: null }));
  return cursor === undefined ? { records } : { records, cursor };
}

/** Input records from offset 0 on, one for each list of steps. */
function setUp(...steps: readonly (readonly Step[])[]) {
  const clock = createManualClock();
  const buffer = createRecordBuffer();
  buffer.add(steps.map((_, offset) => input(offset)));
  const source = createStepSource(buffer, ({ offset }) => steps[Number(offset)] ?? []);
  source.restart({ offset: 0n });
  const pack = async (bounds: Partial<PackOptions['bounds']> = {}, more: Partial<PackOptions> = {}) => {
    const options = { bounds: { ...BOUNDS, ...bounds }, clock, rest: () => undefined, stopped: () => false, ...more };
    const packed = await packTransaction([{ source, start: () => undefined }], options);
    const [slice] = packed.slices;
    return slice && { records: packed.records, ...slice.next };
  };
  return { clock, buffer, pack };
}

describe('packTransaction', () => {
  it('takes what waits, and nothing once nothing waits', async () => {
    const { pack } = setUp([step(1)], [], [step(2)]);
    expect(await pack()).toEqual({ records: 3, offset: 3n });
    expect(await pack()).toBeUndefined();
  });

  it('ends before the step that would exceed 5 records, and takes that step next', async () => {
    const { pack } = setUp([step(2)], [step(2)], [step(2)], [step(1)]);
    expect(await pack({ maxRecords: 5 })).toMatchObject({ records: 4, offset: 2n });
    expect(await pack({ maxRecords: 5 })).toMatchObject({ records: 3, offset: 4n });
  });

  it('ends before the step that would exceed 100 bytes of keys, values and headers', async () => {
    const { pack } = setUp([step(1, { bytes: 60 })], [step(1, { bytes: 40 })], [step(1, { bytes: 1 })]);
    expect(await pack({ maxBytes: 100 })).toMatchObject({ records: 2, offset: 2n });
    expect(await pack({ maxBytes: 100 })).toMatchObject({ records: 1, offset: 3n });
  });

  it('takes a step that exceeds a bound on its own, alone', async () => {
    const { pack } = setUp([step(1)], [step(9)], [step(1)]);
    expect([await pack({ maxRecords: 5 }), await pack({ maxRecords: 5 }), await pack({ maxRecords: 5 })]).toMatchObject([
      { records: 1, offset: 1n },
      { records: 9, offset: 2n },
      { records: 1, offset: 3n },
    ]);
  });

  it('commits the offset of the record itself with the cursor of its last step while the record is not done', async () => {
    const { pack } = setUp([step(2, { cursor: 'a' }), step(2, { cursor: 'b' }), step(2)]);
    expect(await pack({ maxRecords: 2 })).toMatchObject({ records: 2, offset: 0n, cursor: 'a' });
    expect(await pack({ maxRecords: 2 })).toMatchObject({ records: 2, offset: 0n, cursor: 'b' });
    expect(await pack({ maxRecords: 2 })).toEqual({ records: 2, offset: 1n });
  });

  it('ends with the first step that takes it past 1 s', async () => {
    const { clock, pack } = setUp(...Array.from({ length: 5 }, () => [step(1)]));
    expect(await pack({}, { rest: () => clock.advance(400) })).toMatchObject({ records: 2 });
  });

  it('takes one step although the age is reached before it', async () => {
    const { clock, pack } = setUp([step(1)], [step(1)]);
    expect(await pack({}, { rest: () => clock.advance(2_000) })).toMatchObject({ records: 1 });
  });

  it('takes no step once it is stopped', async () => {
    const { pack } = setUp([step(1)], [step(1)]);
    let rests = 0;
    const rest = (): undefined => {
      rests += 1;
    };
    expect(await pack({}, { rest, stopped: () => rests === 2 })).toMatchObject({ records: 1 });
  });

  it('leaves out all of an input whose process throws, and says so each time until the input is restarted', async () => {
    const good = inputOf('good', step(1), step(1));
    const bad = inputOf('bad', step(1), 'throws');
    const first = await packTransaction([bad, good], options());
    const second = await packTransaction([bad, good], options());
    expect(first.slices.map(({ input: { name }, next }) => [name, next])).toEqual([['good', { offset: 2n }]]);
    expect([first.records, first.thrown, second.thrown]).toEqual([
      2,
      [{ input: bad, error: new Error('broken') }],
      [{ input: bad, error: new Error('broken') }],
    ]);
  });
});

type Content = Step | 'throws';

/** An input with one record for each step. */
function inputOf(name: string, ...content: readonly Content[]) {
  const buffer = createRecordBuffer();
  buffer.add(content.map((_, offset) => input(offset)));
  const source = createStepSource(buffer, function* ({ offset }) {
    const found = content[Number(offset)] as Content;
    if (found === 'throws') throw new Error('broken');
    yield found;
  });
  source.restart({ offset: 0n });
  return { name, source, start: () => undefined };
}

const options = (bounds: Partial<PackOptions['bounds']> = {}): PackOptions => ({
  bounds: { ...BOUNDS, ...bounds },
  clock: createManualClock(),
  rest: () => undefined,
  stopped: () => false,
});

describe('packTransaction over several inputs', () => {
  it('shares 100 records evenly between an input with 500 and two with 10 each, which are not delayed', async () => {
    const heavy = inputOf('heavy', ...Array.from({ length: 50 }, () => step(10)));
    const light = ['a', 'b'].map((name) => inputOf(name, ...Array.from({ length: 10 }, () => step(1))));
    const pack = await packTransaction([heavy, ...light], options({ maxRecords: 100 }));
    expect(pack.slices.map(({ input: { name }, records }) => [name, records.length])).toEqual([
      ['heavy', 80],
      ['a', 10],
      ['b', 10],
    ]);
    expect(pack.leftOver).toEqual([heavy]);
  });

  it('adds 500 records of an input with 5,000 at most after the last step of another, which waits for the commit', async () => {
    const heavy = inputOf('heavy', ...Array.from({ length: 5_000 }, () => step(1)));
    const light = inputOf('light', step(1));
    const pack = await packTransaction([heavy, light], options({ maxRecords: 10_000 }));
    expect(pack.slices.map(({ input: { name } }) => name)).toEqual(['heavy', 'light']);
    expect(pack.records).toBeGreaterThan(500);
    expect(pack.records).toBeLessThanOrEqual(505);
    expect(pack.leftOver).toEqual([heavy]);
    const alone = await packTransaction([heavy], options({ maxRecords: 3_000 }));
    expect(alone.records).toBe(3_000);
  });

  it('takes in an input that becomes ready while the event loop runs between two steps', async () => {
    const heavy = inputOf('heavy', ...Array.from({ length: 2_000 }, () => step(1)));
    const late = inputOf('late', step(1), step(1));
    let steps = 0;
    const rest = (): Promise<void> | undefined => {
      steps += 1;
      return steps === 100 ? Promise.resolve() : undefined;
    };
    const joining = () => [late];
    const pack = await packTransaction([heavy], { ...options(), rest, joining });
    expect(pack.slices.map(({ input: { name }, records }) => [name, records.length])).toEqual([
      ['heavy', pack.records - 2],
      ['late', 2],
    ]);
    expect(pack.records).toBeLessThanOrEqual(605);
  });

  it('takes a step that exceeds the bounds from the first input, alone', async () => {
    const giant = inputOf('giant', step(500));
    const other = inputOf('other', step(1));
    const pack = await packTransaction([giant, other], options({ maxRecords: 100 }));
    expect([pack.records, pack.slices.length, pack.leftOver]).toEqual([500, 1, [other]]);
  });

  it('does not wait longer than 1 s for an input whose process hangs', async () => {
    const buffer = createRecordBuffer();
    buffer.add([input(0)]);
    const hanging = createStepSource(buffer, async function* () {
      await new Promise(() => undefined);
      yield step(1);
    });
    hanging.restart({ offset: 0n });
    const good = inputOf('good', step(1));
    const clock = createManualClock();
    const packing = packTransaction([{ name: 'hanging', source: hanging, start: () => undefined }, good], { ...options(), clock });
    await clock.advance(1_000);
    expect((await packing).slices.map(({ input: { name } }) => name)).toEqual(['good']);
    expect(hanging.peeking()).toBe(true);
  });
});
