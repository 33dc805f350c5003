import { describe, expect, it } from 'vitest';
import type { AvroRecord } from './avro-schema.ts';
import { generateRecordTypes } from './record-types.ts';

const place: AvroRecord = { type: 'record', name: 'Place', fields: [{ name: 'city', type: 'string', doc: 'Its name.' }] };
const party: AvroRecord = { type: 'record', name: 'Party', fields: [{ name: 'place', type: ['null', place] }] };
const tone: AvroRecord = { type: 'record', name: 'Tone', doc: 'One key.', fields: [{ name: 'digit', type: 'string' }] };

const record = (namespace: string, name: string, ...types: AvroRecord['fields'][number]['type'][]): AvroRecord => ({
  type: 'record',
  namespace,
  name,
  fields: types.map((type, index) => ({ name: `field${index}`, type })),
});

describe('the generated record types', () => {
  it('stand in one file for each namespace, with the nested records that it alone uses before them', () => {
    const files = generateRecordTypes([
      record('switchboard.calling.v1', 'Call', party, { type: 'array', items: tone }),
      record('switchboard.messaging.v1', 'Message', 'string'),
    ]);
    expect([...files.keys()]).toEqual(['records/calling-v1.ts', 'records/messaging-v1.ts', 'records.ts']);
    const calling = files.get('records/calling-v1.ts') ?? '';
    expect([...calling.matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name)).toEqual(['Place', 'Party', 'Tone', 'Call', 'CallInput']);
    expect(calling).toContain('/** One key. */\nexport interface Tone {\n  readonly digit: string;\n}\n');
    expect(calling).not.toContain('import ');
    expect(files.get('records/messaging-v1.ts')).not.toContain('Party');
  });

  it('share the nested records that several namespaces use, and import them by name', () => {
    const files = generateRecordTypes([
      record('switchboard.calling.v1', 'Call', ['null', { type: 'map', values: party }], tone),
      record('switchboard.messaging.v1', 'Message', party),
      record('switchboard.replies.v1', 'Reply', 'string'),
    ]);
    const shared = files.get('records/shared.ts') ?? '';
    expect([...shared.matchAll(/^export \w+ (\w+)/gm)].map(([, name]) => name)).toEqual(['Place', 'Party']);
    expect(files.get('records/calling-v1.ts')).toContain("import type { Party } from './shared.ts';\n");
    expect(files.get('records/calling-v1.ts')).not.toContain('interface Party');
    expect(files.get('records/messaging-v1.ts')).toContain("import type { Party } from './shared.ts';\n");
    expect(files.get('records/replies-v1.ts')).not.toContain('shared.ts');
    expect(files.get('records.ts')).toContain("export type * from './records/shared.ts';\n");
  });

  it('are found by full name in one index, which passes on all of them', () => {
    const files = generateRecordTypes([
      record('switchboard.calling.v1', 'Call', 'string'),
      record('switchboard.replies.v1', 'Reply', 'int'),
    ]);
    expect(files.get('records.ts')).toBe(`// Generated from schemas/*.avsc by \`npm run generate\`. Do not edit.

import type { Call, CallInput } from './records/calling-v1.ts';
import type { Reply, ReplyInput } from './records/replies-v1.ts';

export type * from './records/calling-v1.ts';
export type * from './records/replies-v1.ts';

/** Records by full name, as read. */
export interface RecordTypes {
  'switchboard.calling.v1.Call': Call;
  'switchboard.replies.v1.Reply': Reply;
}

/** Records by full name, as written: members with a default may be left out. */
export interface RecordInputs {
  'switchboard.calling.v1.Call': CallInput;
  'switchboard.replies.v1.Reply': ReplyInput;
}
`);
  });

  it('import a record of another namespace from its own module, not from a copy', () => {
    const top = { ...tone, namespace: 'switchboard.calling.v1' };
    const files = generateRecordTypes([record('switchboard.messaging.v1', 'Message', tone), top]);
    expect([...files.keys()]).toEqual(['records/calling-v1.ts', 'records/messaging-v1.ts', 'records.ts']);
    expect(files.get('records/messaging-v1.ts')).toContain("import type { Tone } from './calling-v1.ts';\n");
    expect(files.get('records/calling-v1.ts')).toContain('export type ToneInput = Tone;\n');
  });

  it('cannot be made of two records of one name that differ', () => {
    const other = { ...party, fields: [] };
    expect(() =>
      generateRecordTypes([record('switchboard.calling.v1', 'Call', party), record('switchboard.replies.v1', 'Reply', other)]),
    ).toThrow('Two records named Party differ');
    expect(() => generateRecordTypes([record('switchboard.calling.v1', 'Party', party)])).toThrow('Two records named Party differ');
    const twice = ['switchboard.calling.v1', 'switchboard.calling.v2'].map((namespace) => record(namespace, 'Call', 'string'));
    expect(() => generateRecordTypes(twice)).toThrow('Two schemas are named Call');
  });
});
