import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { describeWithBroker } from '../broker.ts';
import { type AbuseProcess, startAbuseProcess } from './abuse-process.ts';
import { type Edge, type EdgeIngress, prepareEdge } from './edge.ts';
import type { AbuseOptions } from './start-abuse.ts';

/** An edge and abusers; both exist only while hooks and tests of the suite run. */
export interface AbusedEdge {
  readonly edge: Edge;
  readonly abusers: AbuseProcess;
  /** Abuses the ingress from 127.0.0.2 until the test is over. */
  abuse(ingress: EdgeIngress, options: IngressAbuse, finished?: typeof onTestFinished): ReturnType<AbuseProcess['start']>;
}

export type IngressAbuse = Omit<AbuseOptions, 'port' | 'tls' | 'localAddresses' | 'reconnect'> &
  Partial<Pick<AbuseOptions, 'tls' | 'localAddresses' | 'reconnect'>>;

const registryUrl = process.env.SCHEMA_REGISTRY_URL;

/** A suite that needs a broker, a registry and Linux, whose table of sockets it reads; it is skipped where one is missing. */
export function describeAbusedEdge(name: string, define: (suite: AbusedEdge) => void): void {
  describeWithBroker(name, (brokers) => {
    describe.skipIf(registryUrl === undefined || process.platform !== 'linux')('with a registry, on Linux', () => {
      let edge: Edge | undefined;
      let abusers: AbuseProcess | undefined;

      beforeAll(async () => {
        edge = await prepareEdge(brokers, registryUrl ?? '');
        abusers = startAbuseProcess();
      });
      afterAll(async () => {
        await abusers?.end();
        await edge?.stop();
      });

      const existing = <Part>(part: Part | undefined): Part => {
        if (part === undefined) throw new Error('the edge exists only while hooks and tests run');
        return part;
      };
      define({
        get edge() {
          return existing(edge);
        },
        get abusers() {
          return existing(abusers);
        },
        async abuse({ port, tls }, options, finished = onTestFinished) {
          const running = await existing(abusers).start({ port, tls, localAddresses: ['127.0.0.2'], reconnect: false, ...options });
          finished(async () => void (await running.stop()));
          return running;
        },
      });
    });
  });
}
