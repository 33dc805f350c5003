import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readHostEnvironment } from '../config.ts';

/** An event that a sent notification became. */
export interface SentEvent {
  readonly source: string;
  readonly type: string;
  readonly eventId: string;
  /** When the ingress took the notification, milliseconds since the epoch. */
  readonly receivedAt: number;
}

export interface SendOptions {
  /** Sources, or `all`. */
  readonly sources: readonly string[];
  /** Variables with which the command line tool finds the stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called with every line of the tool that is not JSON, for example the reason why it ended. */
  readonly onText: (line: string) => void;
}

const CLI = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url));

/** Sends one signed sample of each source by the command line tool, which waits for the end of every delivery. */
export async function sendSamples(options: SendOptions): Promise<{ readonly succeeded: boolean; readonly events: readonly SentEvent[] }> {
  const child = spawn(process.execPath, [CLI, 'send', ...options.sources, '--wait', '--json'], {
    env: { ...readHostEnvironment().inherited, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const events: SentEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = parse(line);
    const event = readEvent(parsed);
    if (event !== undefined) events.push(event);
    else if (parsed?.kind === undefined || parsed.kind === 'timeout' || parsed.kind === 'rejected') options.onText(line);
  });
  createInterface({ input: child.stderr }).on('line', options.onText);
  const status = await ended;
  return { succeeded: status === 0, events };
}

interface CliLine {
  readonly kind?: string;
  readonly source?: string;
  readonly type?: string;
  readonly event?: { readonly eventId?: string; readonly receivedAt?: number };
}

function parse(line: string): CliLine | undefined {
  try {
    return JSON.parse(line) as CliLine;
  } catch {
    return undefined;
  }
}

function readEvent(line: CliLine | undefined): SentEvent | undefined {
  const { kind, source, type, event } = line ?? {};
  if (kind !== 'event' || source === undefined || type === undefined || event === undefined) return undefined;
  const { eventId, receivedAt } = event;
  return eventId === undefined || receivedAt === undefined ? undefined : { source, type, eventId, receivedAt };
}
