import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Codec, connectCodec, type RawNotification } from '@switchboard/contracts';
import { createKafkaLog, type EventLog, type LogRecord } from '@switchboard/event-log';
import { type Stack, type StackOptions, type StackPorts, startStack } from '@switchboard/local-stack';
import type { SampleRequest, SampleSigner } from '@switchboard/source-kit';
import { type SourceId, sourceById } from '@switchboard/sources';
import { request } from 'undici';
import { onTestFailed } from 'vitest';
import { choosePorts } from '../../packages/local-stack/src/host/ports.ts';

/** Short enough for tests to see every attempt, long enough to tell the retry topics apart. */
const RETRY_DELAYS_MS = [200, 300, 400, 500, 600];

export interface TestStack extends Stack {
  readonly log: EventLog;
  readonly codec: Codec;
  /** The first sample of a source, freshly signed. */
  sample(source: SourceId, signer?: SampleSigner): Promise<SampleRequest>;
  /** Signs a body for a source. */
  signed(source: SourceId, body: Buffer): Promise<SampleRequest>;
  post(
    signed: SampleRequest,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: string; headers: Readonly<Record<string, unknown>> }>;
  /** Creates an install of the document; gives its signing secret. */
  install(id: string, document: object): Promise<string>;
  admin(
    method: 'GET' | 'PUT' | 'DELETE' | 'POST',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: unknown }>;
  /** Everything that stands in a topic now. */
  read(topic: string): Promise<readonly LogRecord[]>;
  /** Raw notifications with this body. */
  stored(body: Buffer): Promise<readonly RawNotification[]>;
}

/** A broker, a registry and the services as processes, in a directory that goes with them. */
export async function startTestStack(options: Partial<StackOptions> = {}): Promise<TestStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-e2e-'));
  const { kafka, registry, ...ports } = await portsOfOwn();
  const own = { dataDir, ports, kafkaPort: kafka, registryPort: registry, kafkaBrokers: [], schemaRegistryUrl: '' };
  const stack = await startStack({ ...own, retryDelaysMs: RETRY_DELAYS_MS, ...options });
  const { brokers, topicPrefix } = stack.backbone;
  const log = createKafkaLog({ brokers, topicPrefix, clientId: 'switchboard-tests' });
  const codec = await connectCodec({ registryUrl: stack.backbone.registryUrl });

  const source = (id: SourceId) => {
    const found = sourceById(id);
    if (found === undefined) throw new Error(`there is no source ${id}`);
    return found;
  };

  const read = async (topic: string): Promise<readonly LogRecord[]> => {
    const records: LogRecord[] = [];
    const reader = await log.reader({ topics: [topic], from: 'beginning', onRecords: (more) => void records.push(...more) });
    await reader.caughtUp;
    await reader.stop();
    return records;
  };

  const admin: TestStack['admin'] = async (method, path, body, headers = {}) => {
    const answer = await request(`${stack.adminUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${stack.adminToken}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === '' ? null : JSON.parse(text) };
  };

  return {
    ...stack,
    log,
    codec,
    admin,
    read,
    async sample(id, signer = stack.signer(id)) {
      const [first] = await source(id).sample(signer);
      if (first === undefined) throw new Error(`${id} has no sample`);
      return first;
    },
    async signed(id, body) {
      return { name: 'signed body', body, eventTypes: [], ...(await source(id).sign(stack.signer(id), body)) };
    },
    async post(signed, headers = {}) {
      const answer = await request(`${stack.ingressUrl}${signed.target}`, {
        method: signed.method,
        headers: { ...signed.headers, ...headers },
        body: signed.body,
      });
      return { status: answer.statusCode, body: await answer.body.text(), headers: answer.headers };
    },
    async install(id, document) {
      const { status, body } = await admin('PUT', `/v1/app-installs/${id}`, document);
      if (status !== 201) throw new Error(`install ${id} was answered ${status}: ${JSON.stringify(body)}`);
      return (body as { signing_secret: string }).signing_secret;
    },
    async stored(body) {
      const records = await read('notifications.raw.v1');
      const notifications = records.flatMap(({ value }) =>
        value === null ? [] : [codec.decode('switchboard.notifications.v1.RawNotification', value)],
      );
      return notifications.filter((notification) => notification.body.equals(body));
    },
    async stop() {
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Free ports from a random place on: several stacks start at the same time where test files run side by side. */
function portsOfOwn(): Promise<StackPorts & { readonly kafka: number; readonly registry: number }> {
  const wish = { purpose: 'a stack of tests', preferred: 20_000 + Math.floor(Math.random() * 10_000) };
  return choosePorts({
    kafka: wish,
    registry: wish,
    ingress: wish,
    ingressHealth: wish,
    normalizerHealth: wish,
    deliveryHealth: wish,
    adminHealth: wish,
    admin: wish,
    issuer: wish,
    receiver: wish,
  });
}

/** Prints the end of the services' logs when the running test fails. */
export function showLogsOnFailure(stack: Stack): void {
  onTestFailed(async () => {
    for (const { name, logFile } of Object.values(stack.services)) {
      const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n');
      process.stderr.write(`--- ${name}\n${lines.slice(-15).join('\n')}\n`);
    }
  });
}

const TAKEN_WITHIN_MS = 20_000;

/** Posts again for as long as the answer is 503, as platforms do: where a machine stalls, the deadline of an append may pass. */
export async function untilTaken<Answer extends { readonly status: number }>(post: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + TAKEN_WITHIN_MS;
  for (;;) {
    const answer = await post();
    if (answer.status !== 503 || performance.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Waits until the condition gives something, looking every 50 ms. Throws after `timeoutMs`. */
export async function eventually<Value>(look: () => Promise<Value | undefined> | Value | undefined, timeoutMs = 20_000): Promise<Value> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
