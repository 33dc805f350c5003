import { readFile } from 'node:fs/promises';
import type { Codec } from '@switchboard/contracts';
import type { EventLog } from '@switchboard/event-log';
import { type SampleRequest, type SampleSigner, type SourceId, sourceById } from '@switchboard/sources';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { describeTrace, traceJson } from './describe-trace.ts';
import { startFollower } from './follow.ts';
import { type Answer, post } from './post.ts';
import { type Senders, signerFor } from './senders-file.ts';

export interface SendOptions {
  readonly sources: readonly SourceId[];
  /** Body to send in place of the sample's; for one source only. */
  readonly file?: string;
  /** Follows each notification to the end of its deliveries. */
  readonly wait: boolean;
  readonly timeoutMs: number;
}

export interface SendParts {
  readonly ingressUrl: string;
  readonly senders: Senders;
  readonly output: Output;
  readonly now: () => number;
  /** Opened for `wait` alone. */
  readonly open: () => Promise<{ readonly log: EventLog; readonly codec: Codec }>;
}

/** Signs and posts one notification of each source. Gives whether all were accepted and, with `wait`, ran to their end. */
export async function send(options: SendOptions, parts: SendParts): Promise<boolean> {
  const { output } = parts;
  const follower = options.wait ? await parts.open().then(({ log, codec }) => startFollower(log, codec)) : undefined;
  try {
    let succeeded = true;
    for (const source of options.sources) {
      const signed = await signedRequest(source, signerFor(parts.senders, source, parts.now()), options.file);
      const sentAt = performance.now();
      const elapsed = (): number => Math.round(performance.now() - sentAt);
      const ended = follower?.follow(
        source,
        signed.body,
        (trace) => output.line(`  ${describeTrace(trace)} after ${elapsed()} ms`, { source, ...traceJson(trace), elapsedMs: elapsed() }),
        options.timeoutMs,
      );
      const answer = await post(parts.ingressUrl, signed);
      output.line(describeAnswer(source, signed, answer), { kind: 'answer', source, target: signed.target, ...answer });
      if (answer.status >= 400) {
        succeeded = false;
        continue;
      }
      if ((await ended) === false) {
        succeeded = false;
        output.line(`  not at its end after ${options.timeoutMs} ms`, { kind: 'timeout', source, timeoutMs: options.timeoutMs });
      }
    }
    return succeeded;
  } finally {
    await follower?.stop();
  }
}

async function signedRequest(id: SourceId, signer: SampleSigner, file: string | undefined): Promise<SampleRequest> {
  const source = sourceById(id);
  const [sample] = (await source?.sample(signer)) ?? [];
  if (source === undefined || sample === undefined) throw new UsageError(`there is no source "${id}"`);
  if (file === undefined) return sample;
  const body = await readBody(file);
  return { ...sample, name: file, body, ...(await source.sign(signer, body)) };
}

async function readBody(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

function describeAnswer(source: string, signed: SampleRequest, { status, body, location, durationMs }: Answer): string {
  const details = [location === null ? '' : ` to ${location}`, body === '' ? '' : ` with ${body}`].join('');
  return `${source}: ${signed.name} -> ${signed.target} answered ${status}${details} in ${Math.round(durationMs)} ms`;
}
