import { describe, expect, it } from 'vitest';
import { codesOfUnion, codesUsed } from './error-codes.ts';
import { metricsOf } from './metrics.ts';

describe('codes of a union', () => {
  it('have the comments above them for meanings', () => {
    const source = `
/** Closed list. */
export type LoftCode =
  /** The door is shut. */
  | 'ERR_LOFT_CLOSED'
  /**
   * Nobody is in,
   * or all sleep.
   */
  | 'ERR_LOFT_EMPTY';

export type DoorCode =
  /** It hangs. */
  'ERR_DOOR_HANGS';
`;
    expect(codesOfUnion(source, 'LoftCode')).toEqual([
      { code: 'ERR_LOFT_CLOSED', meaning: 'The door is shut.' },
      { code: 'ERR_LOFT_EMPTY', meaning: 'Nobody is in, or all sleep.' },
    ]);
    expect(codesOfUnion(source, 'DoorCode')).toEqual([{ code: 'ERR_DOOR_HANGS', meaning: 'It hangs.' }]);
  });

  it('must each have one', () => {
    const source = "export type LoftCode =\n  /** The door is shut. */\n  | 'ERR_LOFT_CLOSED'\n  | 'ERR_LOFT_EMPTY';\n";
    expect(() => codesOfUnion(source, 'LoftCode')).toThrow('LoftCode does not say what ERR_LOFT_EMPTY means');
    expect(() => codesOfUnion(source, 'DoorCode')).toThrow('there is no type DoorCode');
  });
});

describe('codes in a source file', () => {
  it('are whole texts of ours, each once', () => {
    const source = `a('ERR_LOFT_CLOSED'); b("ERR_LOFT_CLOSED"); c('ERR_SSL_'); d('ERR_TLS_CERT_ALTNAME_INVALID'); e('UND_ERR_SOCKET'); // ERR_LOFT_EMPTY`;
    expect(codesUsed(source)).toEqual(['ERR_LOFT_CLOSED']);
  });
});

describe('metrics of a source file', () => {
  it('have name, kind, labels and meaning', () => {
    const source = `
metrics.gauge({ name: 'loft_birds', help: 'Birds at home.', read: () => 1 });
metrics.counter({
  name: 'loft_letters_total',
  help: "A letter's way, by outcome.",
  labels: ['outcome', 'code'],
});
metrics.histogram({ name: 'loft_seconds', help: 'Time away.', buckets: [1, 2], labels: ['bird'] });
`;
    expect(metricsOf(source)).toEqual([
      { name: 'loft_birds', kind: 'gauge', labels: [], help: 'Birds at home.' },
      { name: 'loft_letters_total', kind: 'counter', labels: ['outcome', 'code'], help: "A letter's way, by outcome." },
      { name: 'loft_seconds', kind: 'histogram', labels: ['bird'], help: 'Time away.' },
    ]);
  });

  it('are refused where they cannot be read', () => {
    expect(() => metricsOf('metrics.counter({ name, help });')).toThrow('1 of 1 metrics');
  });
});
