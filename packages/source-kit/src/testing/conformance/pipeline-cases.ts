import assert from 'node:assert/strict';
import { maxRoutingKeyLength } from '../../routing-key.ts';
import type { InboundRequest } from '../../source.ts';
import { readEntry } from '../read-entry.ts';
import { expectRefused, verifyIn } from './expectations.ts';
import { mutatedBodies } from './mutated-bodies.ts';
import type { ConformanceCase, ConformanceOptions } from './options.ts';
import { anyPrincipal, type Classified, classifyIn, normalizeIn, rawOf } from './pipeline.ts';
import { requestOf } from './sample-requests.ts';
import { app, entryContext, type Rig } from './setup.ts';
import { stretchedBodies } from './stretched-bodies.ts';

/** What holds for every source, with tokens and with MACs. */
export function pipelineCases(rigged: () => Promise<Rig>, options: ConformanceOptions): readonly ConformanceCase[] {
  return [...sampleCases(rigged), ...contentCases(rigged, options)];
}

function sampleCases(rigged: () => Promise<Rig>): readonly ConformanceCase[] {
  return [
    {
      name: 'turns each of its samples into the event types that it names',
      run: async () => {
        const rig = await rigged();
        for (const { sample, request } of rig.samples) {
          const verified = await verifyIn(rig, request);
          assert.ok(verified.kind === 'verified', `${sample.name}: ${JSON.stringify(verified)}`);
          assert.ok(rig.source.recognizes(request.body), `${sample.name} is not recognized`);
          const classified = classifyIn(rig, request, verified.principal);
          assert.ok(classified.kind === 'classified', `${sample.name}: ${JSON.stringify(classified)}`);
          const outcome = normalizeIn(rig, rawOf(rig, request, verified.principal, classified));
          assert.ok(outcome.kind === 'events', `${sample.name}: ${JSON.stringify(outcome)}`);
          assert.deepEqual(
            outcome.events.map((event) => event.type),
            sample.eventTypes,
            sample.name,
          );
        }
      },
    },
    {
      name: 'signs any body so that it verifies, at the address of its samples and without a repeated id',
      run: async () => {
        const rig = await rigged();
        for (const { sample, request } of rig.samples) {
          const body = anotherBody(sample.body);
          const heads = await Promise.all([rig.source.sign(rig.signer, body), rig.source.sign(rig.signer, body)]);
          for (const head of heads) {
            assert.equal(head.target, sample.target, sample.name);
            const verified = await verifyIn(rig, requestOf(rig.source, { ...sample, ...head, body }, request.receivedAt));
            assert.equal(verified.kind, 'verified', `${sample.name}: ${JSON.stringify(verified)}`);
          }
          const repeated = Object.keys(sample.headers).filter((name) => /(message|request|scenario)-id$/i.test(name));
          for (const name of repeated) assert.notEqual(heads[0]?.headers[name], heads[1]?.headers[name], name);
        }
        await rig.source.sign(rig.signer, Buffer.from('no JSON'));
      },
    },
    {
      name: 'finds the app of its samples where no path names it',
      run: async () => {
        const { source, entry, samples } = await rigged();
        for (const { sample, request } of samples) {
          const found = source.findApp === undefined ? request.pathParameters.app : source.findApp(request, new Map([[app, entry]]));
          assert.equal(found, app, sample.name);
          assert.equal(source.findApp?.(request, new Map()), undefined, sample.name);
        }
      },
    },
    {
      name: 'gives a request that is sent again the same routing and dedupe key',
      run: async () => {
        const rig = await rigged();
        for (const { sample, request } of rig.samples) {
          const again = { ...request, notificationId: '019bc4f0-0000-7000-8000-000000000002', receivedAt: request.receivedAt + 5000 };
          const [first, second] = [request, again].map((each) => classifyIn(rig, each, anyPrincipal) as Classified);
          assert.equal(second?.dedupeKey, first?.dedupeKey, sample.name);
          assert.equal(second?.routingKey, first?.routingKey, sample.name);
        }
      },
    },
    {
      name: 'gives no routing key of more than 1,024 characters, whichever word of a body is longer than that',
      run: async () => {
        const rig = await rigged();
        for (const { sample, request } of rig.samples) {
          for (const body of stretchedBodies(sample.body, maxRoutingKeyLength)) classifyIn(rig, { ...request, body }, anyPrincipal);
        }
      },
    },
    {
      name: 'keeps no header that holds a credential, and names headers in lower case',
      run: async () => {
        const { source } = await rigged();
        const credentials = ['authorization', 'proxy-authorization', 'cookie', 'authentication'];
        assert.deepEqual(
          source.keptHeaders.filter((name) => credentials.includes(name.toLowerCase())),
          [],
        );
        assert.deepEqual(
          source.keptHeaders.filter((name) => name !== name.toLowerCase()),
          [],
        );
      },
    },
  ];
}

function contentCases(rigged: () => Promise<Rig>, options: ConformanceOptions): readonly ConformanceCase[] {
  return [
    {
      name: 'reports a member of its entry that it does not know, and any entry of another shape, as problems',
      run: async () => {
        const { source, issuer, tenantId } = await rigged();
        const setup = { metadataUrl: issuer.metadataUrl, audience: 'a', tenantId, hmacId: 'conformance', hmacKey: { env: 'HMAC_KEY' } };
        const entry = options.entry(setup) as Readonly<Record<string, unknown>>;
        const outcome = readEntry(source, { ...entry, unheardOf: 1 }, entryContext);
        assert.ok(!outcome.ok && outcome.problems.some((text) => text.includes('unheardOf')), JSON.stringify(outcome));
        for (const value of [null, 1, 'text', [], {}]) {
          const refused = readEntry(source, value, entryContext);
          assert.ok(!refused.ok && refused.problems.length > 0, JSON.stringify(value));
        }
      },
    },
    {
      name: 'shares no protocol form with another source of its routes',
      run: async () => {
        const rig = await rigged();
        for (const sibling of options.siblings ?? []) {
          for (const { sample, request } of rig.samples) assert.ok(!sibling.recognizes(request.body), `${sibling.id} takes ${sample.name}`);
        }
        await anyBody(rig, (request) => {
          const takers = [rig.source, ...(options.siblings ?? [])].filter((source) => source.recognizes(request.body));
          assert.ok(takers.length <= 1, takers.map((source) => source.id).join(', '));
        });
      },
    },
    {
      name: 'never throws for any body: authenticate, verify, recognizes and classify judge, normalize gives the same outcome again',
      run: async () => {
        const rig = await rigged();
        await anyBody(rig, (request) => {
          rig.source.recognizes(request.body);
          const classified = classifyIn(rig, request, anyPrincipal);
          normalizeIn(rig, rawOf(rig, request, anyPrincipal, classified.kind === 'classified' ? classified : classifiedOnce(rig)));
        });
        await anyBody(rig, async (request) => {
          const outcome = await verifyIn(rig, request);
          if (rig.scheme === 'HMAC' && !rig.samples.some(({ sample }) => sample.body.equals(request.body))) {
            await expectRefused(rig, request);
          } else assert.ok(['verified', 'refused', 'malformed'].includes(outcome.kind));
        });
      },
    },
    {
      name: 'lets no secret of a body into an event',
      run: async () => {
        const rig = await rigged();
        const { request } = rig.samples[0] as Rig['samples'][number];
        for (const { name, body, secrets } of options.secretBodies ?? []) {
          const changed = { ...request, body: Buffer.from(JSON.stringify(body)) };
          const classified = classifyIn(rig, changed, anyPrincipal);
          assert.ok(classified.kind === 'classified', `${name}: ${JSON.stringify(classified)}`);
          const outcome = normalizeIn(rig, rawOf(rig, changed, anyPrincipal, classified));
          assert.ok(outcome.kind === 'events', `${name}: ${JSON.stringify(outcome)}`);
          const text = JSON.stringify(outcome.events);
          assert.deepEqual(
            secrets.filter((secret) => text.includes(secret)),
            [],
            name,
          );
        }
      },
    },
  ];

  async function anyBody(rig: Rig, check: (request: InboundRequest) => void | Promise<void>): Promise<void> {
    const fc = await import('fast-check');
    const bodies = [...rig.samples.map(({ request }) => request.body), ...(options.bodies ?? [])];
    const requests = fc.tuple(fc.constantFrom(...rig.samples), mutatedBodies(fc, bodies)).map(([{ request }, body]) => {
      // A counterexample shows the body, not a token.
      const shown = { [fc.toStringMethod]: () => JSON.stringify(body.toString('latin1')) };
      return Object.assign(Object.create(shown) as object, { ...request, body });
    });
    await fc.assert(
      fc.asyncProperty(requests, async (request) => check(request)),
      { numRuns: options.runs ?? 300 },
    );
  }

  // Normalize must take any stored record, also one that classify of today would not let in.
  function classifiedOnce(rig: Rig): Classified {
    const { request } = rig.samples[0] as Rig['samples'][number];
    return classifyIn(rig, request, anyPrincipal) as Classified;
  }
}

/** Other bytes and, where the body says which service it comes from, another service: a signature for the sample does not hold for it. */
function anotherBody(body: Buffer): Buffer {
  const value = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
  const changed = value.serviceUrl === undefined ? value : { ...value, serviceUrl: 'https://elsewhere.example/service/' };
  return Buffer.from(JSON.stringify(changed, null, 1));
}
