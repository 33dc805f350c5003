import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceId } from '@switchboard/sources';
import { sourceById } from '@switchboard/sources';
import { type AbuseProcess, startAbuseProcess } from '../../support/abuse/abuse-process.ts';
import type { Template } from '../../support/abuse/forged-requests.ts';
import type { BenchOptions } from '../support/bench.ts';
import { type BenchStack, startBenchStack } from '../support/bench-stack.ts';
import { signedRequests } from '../support/requests.ts';
import { startWorker, type Worker } from '../support/rpc.ts';
import type { SenderCalls, Stream } from '../workers/senders.ts';

const sourceIds: readonly SourceId[] = ['graph-calling', 'legacy-calling', 'ucwa', 'outgoing-webhook', 'bot-framework'];

const PER_SECOND = 100;
const REQUESTS_PER_SOURCE = 200;

/** An ingress, its genuine senders and its abusers, each a process. */
export interface AbuseRig {
  readonly stack: BenchStack;
  readonly port: number;
  readonly senders: Worker<SenderCalls>;
  readonly abusers: AbuseProcess;
  /** Genuine requests of every source, 100 a second together. */
  readonly streams: readonly Stream[];
  /** A genuine request of a source to forge from. */
  template(source: SourceId): Promise<Template>;
  /** Starts the ingress again, so that it terminates TLS or does not, with this cap on the connections of a peer. */
  restartIngress(settings: { readonly tls: boolean; readonly maxPerPeer: number }): Promise<void>;
  report(line: string): void;
  stop(): Promise<void>;
}

/** A routing key for a SOURCES_FILE that a part writes itself. */
export const ROUTING_KEY_VARIABLE = 'BENCH_ROUTING_KEY';

export async function startRig(options: BenchOptions): Promise<AbuseRig> {
  const stack = await startBenchStack(options, {
    services: ['ingress'],
    // The default of a reply that no workflow gives is sent at once: its wait is not a latency of the ingress.
    replyWaitMs: 0,
    // Refusals are logged as warnings, within limits: their cost belongs to the abuse.
    environment: { ingress: { [ROUTING_KEY_VARIABLE]: 'routing-key-of-the-bench-0123456789' } },
  });
  const senders = startWorker<SenderCalls>('senders');
  const abusers = startAbuseProcess();
  try {
    const streams: Stream[] = [];
    for (const source of sourceIds) {
      const requests = await signedRequests(stack, { source, count: REQUESTS_PER_SOURCE });
      streams.push({ name: source, requests, perSecond: PER_SECOND / sourceIds.length });
    }
    const { cert, key } = await stack.authority.issue();
    const files = { TLS_CERT_FILE: join(stack.dataDir, 'cert.pem'), TLS_KEY_FILE: join(stack.dataDir, 'key.pem') };
    await Promise.all([writeFile(files.TLS_CERT_FILE, cert), writeFile(files.TLS_KEY_FILE, key)]);
    return {
      stack,
      port: stack.ports.ingress,
      senders,
      abusers,
      streams,
      async template(source) {
        const [first] = (await sourceById(source)?.sample(stack.signer(source))) ?? [];
        if (first === undefined) throw new Error(`${source} has no sample`);
        return first;
      },
      restartIngress: ({ tls, maxPerPeer }) =>
        stack.services.ingress.restart({ ...(tls ? files : {}), MAX_CONNECTIONS_PER_PEER: String(maxPerPeer) }),
      report: options.report,
      async stop() {
        await Promise.all([senders.stop(), abusers.end()]);
        await stack.stop();
      },
    };
  } catch (error) {
    await Promise.all([senders.stop(), abusers.end()]);
    await stack.stop();
    throw error;
  }
}
