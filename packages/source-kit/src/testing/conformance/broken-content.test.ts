import { Type } from '@switchboard/validation';
import { describe, expect, it } from 'vitest';
import { textAt } from '../../body/json.ts';
import type { Source } from '../../source.ts';
import { bearerModel, bearerOptions, hmacModel, hmacOptions, signBearer, signHmac } from './model-sources.ts';
import { sourceConformance } from './source-conformance.ts';

describe('a source that reads, classifies, normalizes or signs wrongly fails the case of that promise', () => {
  let runs = 0;

  const broken: readonly (readonly [string, RegExp, Partial<Source>])[] = [
    [
      'throws on some bodies',
      /never throws/,
      {
        normalize: (raw) => {
          JSON.parse(raw.body.toString());
          return bearerModel.normalize(raw);
        },
      },
    ],
    [
      'normalizes otherwise the second time',
      /never throws/,
      {
        normalize: (raw) => {
          const outcome = bearerModel.normalize(raw);
          return runs++ % 2 === 0 || outcome.kind !== 'events' ? outcome : { ...outcome, events: [...outcome.events, ...outcome.events] };
        },
      },
    ],
    [
      'changes the raw record',
      /never throws/,
      {
        normalize: (raw) => {
          raw.body.fill(0x20, 0, 1);
          return bearerModel.normalize(raw);
        },
      },
    ],
    [
      'makes records of wrong types',
      /never throws/,
      {
        normalize: (raw) => {
          const outcome = bearerModel.normalize(raw);
          if (outcome.kind !== 'events') return outcome;
          return {
            kind: 'events',
            events: outcome.events.map((event) => ({ ...event, record: { ...event.record, occurredAt: 'now' } }) as never),
          };
        },
      },
    ],
    [
      'has an empty routing key',
      /never throws/,
      {
        classify: (request, context) => {
          const classification = bearerModel.classify(request, context);
          return classification.kind === 'classified' && classification.routingKey === 'none'
            ? { ...classification, routingKey: '' }
            : classification;
        },
      },
    ],
    [
      'has a routing key of any length',
      /no routing key of more than/,
      {
        classify: (request, context) => {
          const classification = bearerModel.classify({ ...request, body: Buffer.from('{}') }, context);
          const routingKey = textAt(JSON.parse(request.body.toString()), 'conversation') || 'none';
          return classification.kind === 'classified' ? { ...classification, routingKey } : classification;
        },
      },
    ],
    [
      'counts a repetition as something new',
      /sent again/,
      {
        classify: (request, context) => {
          const classification = bearerModel.classify(request, context);
          return classification.kind === 'classified' ? { ...classification, dedupeKey: request.notificationId } : classification;
        },
      },
    ],
    [
      'makes other events than its sample says',
      /event types that it names/,
      { normalize: () => ({ kind: 'empty', code: 'ERR_NORMALIZE_EMPTY' }) },
    ],
    [
      'repeats an id when it signs',
      /signs any body/,
      {
        sign: async (signer) => ({
          ...(await signBearer(signer)),
          headers: (await bearerModel.sample({ ...signer, id: () => 'same' }))[0]?.headers ?? {},
        }),
      },
    ],
    [
      'signs for another address',
      /signs any body/,
      { sign: async (signer) => ({ ...(await signBearer(signer)), target: '/model/another-app' }) },
    ],
    ['keeps the credential', /holds a credential/, { keptHeaders: ['content-type', 'authorization'] }],
    ['keeps a header in mixed case', /holds a credential/, { keptHeaders: ['Content-Type'] }],
    [
      'lets a member of its entry pass unread',
      /does not know/,
      { configSchema: Type.Unsafe({ ...bearerModel.configSchema, additionalProperties: true }) },
    ],
    [
      'lets a secret out',
      /lets no secret/,
      {
        normalize: (raw) => {
          const outcome = bearerModel.normalize(raw);
          if (outcome.kind !== 'events') return outcome;
          return {
            kind: 'events',
            events: outcome.events.map((event) => ({ ...event, record: { ...event.record, extensions: raw.body.toString() } }) as never),
          };
        },
      },
    ],
  ];
  it.each(broken)('when it %s: %s', async (_, name, changes) => {
    const cases = sourceConformance({ ...bearerModel, ...changes }, 'Bearer', bearerOptions).filter((promise) => name.test(promise.name));
    expect(cases).toHaveLength(1);
    await expect(cases[0]?.run()).rejects.toThrow();
  });

  it('when it takes the bodies of its sibling', async () => {
    const cases = sourceConformance(bearerModel, 'Bearer', { ...bearerOptions, siblings: [bearerModel] });
    await expect(cases.find((promise) => promise.name.startsWith('shares'))?.run()).rejects.toThrow('model takes hello');
  });

  it('when it signs another body than it is given', async () => {
    const sign: Source['sign'] = (signer) => signHmac(signer, Buffer.from('{}'));
    const cases = sourceConformance({ ...hmacModel, sign }, 'HMAC', hmacOptions);
    await expect(cases.find((promise) => promise.name.startsWith('signs any body'))?.run()).rejects.toThrow('ERR_VERIFY_HMAC_MISMATCH');
  });
});
