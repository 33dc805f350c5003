/** `npm start`: the whole stack on this machine, and one notification of every source through it. With --once it ends after that. */

import { readHostEnvironment } from './config.ts';
import { arrivals, describeArrival } from './demo/arrivals.ts';
import { nextSteps } from './demo/next-steps.ts';
import { SAMPLE_INSTALL_ID, sampleInstall } from './demo/sample-install.ts';
import { sendSamples } from './demo/send-samples.ts';
import { StackError } from './errors.ts';
import { describeDelivery } from './receiver/delivery.ts';
import { senderNames } from './stack/senders.ts';
import { type Stack, startStack } from './stack/start-stack.ts';

const ARRIVAL_TIMEOUT_MS = 5_000;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function showMainJob(stack: Stack): Promise<boolean> {
  await stack.applyInstall(SAMPLE_INSTALL_ID, sampleInstall(`${stack.receiver.origin}/hook`, stack.receiverSecret));
  tell('Sending one signed notification of every source');
  const { succeeded, events } = await sendSamples({ sources: senderNames, environment: stack.environment, onText: tell });
  const judge = () => arrivals(senderNames, events, stack.receiver.deliveries());
  await stack.receiver.until(() => judge().every(({ ok }) => ok), ARRIVAL_TIMEOUT_MS).catch(() => undefined);
  const found = judge();
  for (const arrival of found) (arrival.ok ? print : tell)(describeArrival(arrival));
  return succeeded && found.every(({ ok }) => ok);
}

/** Nobody replies to the samples, whose senders are not to be kept for as long as a platform waits. */
const REPLY_WAIT_MS = 500;

/** Resolves with the name of the first process of the stack that ends. */
function firstLoss(stack: Stack): Promise<string> {
  const { kafka, registry } = stack.backbone;
  const ends: Promise<string>[] = Object.values(stack.services).map((service) => service.ended().then(() => `the ${service.name}`));
  if (kafka !== undefined) ends.push(kafka.ended().then(() => 'Kafka'));
  if (registry !== undefined) ends.push(registry.ended().then(() => 'the schema registry'));
  return Promise.race(ends);
}

/** Resolves with the exit code once a signal arrives or a process of the stack ends. */
function untilToldToEnd(stack: Stack): Promise<number> {
  let told = false;
  return new Promise((resolve) => {
    const end = (): void => {
      told = true;
      resolve(0);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
      process.removeAllListeners(signal);
      process.once(signal, end);
    }
    void firstLoss(stack).then((name) => {
      if (told) return;
      tell(`${name} ended by itself; see ${stack.dataDir}/logs`);
      resolve(1);
    });
  });
}

async function main(args: readonly string[]): Promise<number> {
  const once = args.includes('--once');
  const unknown = args.filter((argument) => argument !== '--once');
  if (unknown.length > 0) {
    tell(`unknown argument ${unknown.join(' ')}; there is --once`);
    return 2;
  }
  // Until everything runs, ending at once is the cleanest end: every child goes with this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.once(signal, () => process.exit(130));

  const started = performance.now();
  tell('Starting Kafka and the schema registry');
  const onDelivery = once
    ? {}
    : { onDelivery: (delivery: Parameters<typeof describeDelivery>[0]) => print(`<- ${describeDelivery(delivery)}`) };
  const stack = await startStack({ dataDir: readHostEnvironment().dataDir, replyWaitMs: REPLY_WAIT_MS, report: tell, ...onDelivery });
  tell(`All services are ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  try {
    const shown = await showMainJob(stack);
    if (once) return shown ? 0 : 1;
    print(nextSteps(stack));
    return await untilToldToEnd(stack);
  } finally {
    tell('Stopping');
    process.once('SIGINT', () => process.exit(130));
    await stack.stop();
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell(error instanceof StackError ? error.message : String(error instanceof Error ? error.stack : error));
    process.exit(1);
  },
);
