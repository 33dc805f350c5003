import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Workload {
  readonly acknowledged: () => number;
  /** Ends it after the send that is going on; resolves to every acknowledged value. */
  stop(): Promise<readonly string[]>;
}

export interface WorkloadOptions {
  /** The Appender and the transactional producer, or kafkajs's own producers. */
  readonly modules: 'ours' | 'stock';
  readonly mode: 'idempotent' | 'transactions';
  readonly bootstrap: string;
  readonly topic: string;
  readonly partitions: number;
}

const STOP_WITHIN_MS = 60_000;

export function startWorkload({ modules, mode, bootstrap, topic, partitions }: WorkloadOptions): Workload {
  const program = fileURLToPath(new URL('./send-batches.ts', import.meta.url));
  const child = spawn(process.execPath, [program, modules, mode, bootstrap, topic, `${partitions}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const values: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    values.push(...lines);
  });
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code));
  });
  return {
    acknowledged: () => values.length,
    async stop() {
      child.stdin.write('stop\n');
      let hung = false;
      const timer = setTimeout(() => {
        hung = child.kill('SIGKILL');
      }, STOP_WITHIN_MS);
      const code = await exited;
      clearTimeout(timer);
      // The stock modules may hang as well as lose: what they acknowledged until then is judged.
      if (code !== 0 && !(hung && modules === 'stock')) throw new Error(`the workload (${modules}, ${mode}) ended with ${code}`);
      return values;
    },
  };
}
