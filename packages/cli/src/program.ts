import type { ReadFrom } from '@switchboard/event-log';
import { type SourceId, sources } from '@switchboard/sources';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { CliConfig } from './config.ts';
import { openCodec, openLog } from './connections.ts';
import { installCommands } from './installs/commands.ts';
import { createOutput, type Output } from './output.ts';
import { send } from './send/send.ts';
import { readSenders } from './send/senders-file.ts';
import { tail } from './tail/tail.ts';
import { applyTopicsAndSchemas } from './topics/apply.ts';
import { UsageError } from './usage-error.ts';

export interface ProgramParts {
  /** Read when a command needs it, so that --help needs none. */
  readonly config: () => CliConfig;
  /** The configuration of a command that changes a cluster; `given` are variables that its options set. */
  readonly targetConfig: (given: Readonly<Record<string, string>>) => Promise<CliConfig>;
  readonly write: (text: string) => void;
}

/** The command line: takes the arguments, gives the exit code. */
export function createProgram(parts: ProgramParts): (arguments_: readonly string[]) => Promise<number> {
  return async (arguments_) => {
    let exitCode = 0;
    const program = new Command('switchboard').description('Sends to, looks into and sets up Switchboard.').enablePositionalOptions();
    const outputOf = (command: Command): Output => createOutput(parts.write, { json: command.optsWithGlobals().json === true });

    sendCommand(program, parts, outputOf, (succeeded) => {
      exitCode = succeeded ? 0 : 1;
    });
    tailCommand(program, parts, outputOf);
    installCommands(program, parts.config, outputOf);
    topicCommands(program, parts, outputOf);

    await program.parseAsync([...arguments_], { from: 'user' });
    return exitCode;
  };
}

type OutputOf = (command: Command) => Output;

function sendCommand(program: Command, parts: ProgramParts, outputOf: OutputOf, onEnd: (succeeded: boolean) => void): void {
  const ids: readonly SourceId[] = sources.map(({ id }) => id);
  program
    .command('send')
    .description('Sign and post a sample notification, or the body in a file.')
    .addArgument(new Argument('<source...>', 'sources to send for').choices([...ids, 'all']))
    .option('--file <path>', 'body to send in place of the sample')
    .option('--wait', 'print the events and deliveries it became', false)
    .addOption(new Option('--timeout <ms>', 'longest wait for one notification').argParser(positiveInteger).default(30_000))
    .option('--json', 'print JSON lines')
    .action(async (names: (SourceId | 'all')[], options: { file?: string; wait: boolean; timeout: number }, command: Command) => {
      const chosen = names.includes('all') ? ids : (names as SourceId[]);
      if (options.file !== undefined && chosen.length !== 1) throw new UsageError('--file goes with one source');
      const config = parts.config();
      const { file, wait, timeout: timeoutMs } = options;
      const succeeded = await send(
        { sources: chosen, wait, timeoutMs, ...(file === undefined ? {} : { file }) },
        {
          ingressUrl: config.ingressUrl,
          senders: await readSenders(config.sendersFile),
          output: outputOf(command),
          now: Date.now,
          open: async () => ({ log: openLog(config), codec: await openCodec(config) }),
        },
      );
      onEnd(succeeded);
    });
}

function tailCommand(program: Command, parts: ProgramParts, outputOf: OutputOf): void {
  program
    .command('tail')
    .description('Print the records of a topic, or the events of a type, decoded.')
    .argument('<topic-or-event-type>')
    .addOption(new Option('--from <start>', 'beginning, now, or a time in ISO 8601').argParser(startOf).default('end', 'now'))
    .addOption(new Option('--limit <records>', 'end after so many').argParser(positiveInteger))
    .option('--once', 'end when all that is there now was printed', false)
    .option('--json', 'print JSON lines')
    .action(async (subject: string, options: { from: ReadFrom; limit?: number; once: boolean }, command: Command) => {
      const config = parts.config();
      const interrupted = new AbortController();
      const interrupt = (): void => interrupted.abort();
      process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
      const { from, limit, once } = options;
      const tailOptions = { subject, from, once, signal: interrupted.signal, ...(limit === undefined ? {} : { limit }) };
      await tail(openLog(config), await openCodec(config), outputOf(command), tailOptions);
    });
}

function topicCommands(program: Command, parts: ProgramParts, outputOf: OutputOf): void {
  const commands = program.command('topics').description('Kafka topics and schemas.');
  commands
    .command('apply')
    .description('Create and check all topics, and register all schemas.')
    .option('--brokers <host:port,...>', 'brokers to use in place of KAFKA_BROKERS')
    .option('--registry <url>', 'registry to use in place of SCHEMA_REGISTRY_URL')
    .option('--dry-run', 'print what would be done and change nothing', false)
    .option('--enforce', 'also set what an operator changed on a topic', false)
    .option('--json', 'print JSON lines')
    .action(async (options: { brokers?: string; registry?: string; dryRun: boolean; enforce: boolean }, command: Command) => {
      const { brokers, registry, dryRun, enforce } = options;
      const config = await parts.targetConfig({
        ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers }),
        ...(registry === undefined ? {} : { SCHEMA_REGISTRY_URL: registry }),
      });
      await applyTopicsAndSchemas(config, outputOf(command), { dryRun, enforce });
    });
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1');
  return Number(text);
}

function startOf(text: string): ReadFrom {
  if (text === 'beginning') return 'beginning';
  if (text === 'now') return 'end';
  const timestamp = Date.parse(text);
  if (Number.isNaN(timestamp)) throw new InvalidArgumentError('must be "beginning", "now" or a time in ISO 8601');
  return { timestamp };
}
