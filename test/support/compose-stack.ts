import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './compose-file.ts';

/** A webhook as the demo's receiver logged it. */
export interface LoggedDelivery {
  readonly type: string;
  readonly source: string;
  readonly eventId: string;
  readonly deliveryId: string;
  readonly signature: string;
}

/** The demo of docker-compose.yml under a project name, an image name and ports of its own. */
export interface ComposeStack {
  readonly ports: Readonly<Record<PortName, number>>;
  /** Runs `docker compose` with these arguments; gives what it printed. Rejects with its error output. */
  compose(...args: readonly string[]): Promise<string>;
  /** Exit code of a job's last run; undefined while it runs. */
  exitCode(service: string): Promise<number | undefined>;
  /** Everything that reached the receiver since its container was made. */
  deliveries(): Promise<readonly LoggedDelivery[]>;
  /** Volumes that the containers use and that the file does not name: these would stay behind. */
  namelessVolumes(): Promise<readonly string[]>;
  /** Containers, volumes and networks of the project that there are. */
  remains(): Promise<readonly string[]>;
  /** Takes everything down, with volumes and image. */
  remove(): Promise<void>;
}

const PORT_NAMES = [
  'KAFKA',
  'REGISTRY',
  'INGRESS',
  'INGRESS_HEALTH',
  'NORMALIZER_HEALTH',
  'DELIVERY_HEALTH',
  'ADMIN',
  'ADMIN_HEALTH',
] as const;

type PortName = (typeof PORT_NAMES)[number];

/** Why containers cannot be run here; undefined where they can. */
export function missingEngine(): string | undefined {
  const works = (...args: readonly string[]): boolean => spawnSync('docker', args, { stdio: 'ignore' }).status === 0;
  if (!works('--version')) return 'there is no docker command';
  if (!works('version')) return 'no engine answers the docker command';
  return works('compose', 'version') ? undefined : 'the docker command has no Compose';
}

export async function createComposeStack(): Promise<ComposeStack> {
  const id = randomBytes(4).toString('hex');
  const project = `switchboard-test-${id}`;
  const image = `switchboard-test:${id}`;
  const ports = await freePorts();
  const directory = await mkdtemp(join(tmpdir(), 'switchboard-compose-'));
  const environmentFile = join(directory, 'environment');
  const published = PORT_NAMES.map((name) => `HOST_PORT_${name}=${ports[name]}`);
  await writeFile(environmentFile, [`SWITCHBOARD_IMAGE=${image}`, ...published, ''].join('\n'));

  const compose = (...args: readonly string[]): Promise<string> =>
    docker('compose', '--env-file', environmentFile, '--project-name', project, '--profile', 'demo', ...args);
  const remains = async (): Promise<readonly string[]> => {
    const filter = ['--filter', `label=com.docker.compose.project=${project}`, '--quiet'];
    const listed = await Promise.all([
      docker('ps', '--all', ...filter),
      docker('volume', 'ls', ...filter),
      docker('network', 'ls', ...filter),
    ]);
    return listed.flatMap(lines);
  };

  return {
    ports,
    compose,
    remains,
    async namelessVolumes() {
      const containers = lines(await compose('ps', '--all', '--quiet'));
      const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}';
      return lines(await docker('inspect', '--format', format, ...containers)).filter((name) => !name.startsWith(`${project}_`));
    },
    async exitCode(service) {
      const text = await compose('ps', '--all', '--format', '{{.State}} {{.ExitCode}}', service);
      const [state, code] = text.trim().split(' ');
      return state === 'exited' ? Number(code) : undefined;
    },
    async deliveries() {
      const text = await compose('logs', '--no-log-prefix', '--no-color', 'demo-receiver');
      return text.split('\n').flatMap((line) => (line.includes('"Delivery received"') ? [JSON.parse(line) as LoggedDelivery] : []));
    },
    async remove() {
      await compose('down', '--volumes', '--remove-orphans', '--timeout', '20');
      await docker('image', 'rm', '--force', image);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Without the variables by which a shell changes what Compose reads. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(COMPOSE|SWITCHBOARD|HOST_PORT)_|^LOG_LEVEL$/.test(name)));
}

async function docker(...args: readonly string[]): Promise<string> {
  const child = spawn('docker', args, { cwd: root, env: ownEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), exitOf(child)]);
  if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}:\n${errors.slice(-4_000)}`);
  return output;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

/** Ports that are free now; all are held until the last is found, so that they differ. */
async function freePorts(): Promise<Record<PortName, number>> {
  const servers = await Promise.all(
    PORT_NAMES.map(async (name) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return { name, server, port: typeof address === 'object' && address !== null ? address.port : 0 };
    }),
  );
  await Promise.all(servers.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return Object.fromEntries(servers.map(({ name, port }) => [name, port])) as Record<PortName, number>;
}
