import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CliConfig } from '../config.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { type AdminAnswer, type AdminClient, createAdminClient } from './admin-client.ts';

const BASE = '/v1/app-installs';

const pathOf = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;

/** `installs apply|list|show|remove`: the admin API from the command line. */
export function installCommands(program: Command, config: () => CliConfig, outputOf: (command: Command) => Output): void {
  const installs = program.command('installs').description('App installs: which webhooks get which events.');

  installs
    .command('apply')
    .description('Create or change an install; a new one prints its signing secret, once.')
    .argument('<id>')
    .argument('<file>', 'JSON document of the install')
    .option(
      '--if-match <version>',
      'refuse unless the install still has this version, as apply and list print it; its present one unless given',
    )
    .option('--json', 'print JSON lines')
    .action(async (id: string, file: string, options: { ifMatch?: string }, command: Command) => {
      const admin = createAdminClient(config());
      const ifMatch = options.ifMatch === undefined ? await presentVersion(admin, id) : `"${options.ifMatch}"`;
      const answer = await admin.call('PUT', pathOf(id), { body: await readDocument(file), ...(ifMatch === undefined ? {} : { ifMatch }) });
      printInstall(outputOf(command), answer.status === 201 ? 'created' : 'changed', answer);
    });

  installs
    .command('list')
    .description('All installs that the token may see.')
    .option('--json', 'print JSON lines')
    .action(async (_options, command: Command) => {
      for await (const install of allInstalls(createAdminClient(config()))) outputOf(command).line(describe(install), install);
    });

  installs
    .command('show')
    .argument('<id>')
    .option('--secrets', "show header values and queries of endpoints, which the admin logs; the token must be an operator's")
    .option('--json', 'print JSON lines')
    .action(async (id: string, { secrets = false }: { secrets?: boolean }, command: Command) => {
      const { body } = await createAdminClient(config()).call('GET', `${pathOf(id)}${secrets ? '?secrets=show' : ''}`);
      outputOf(command).line(JSON.stringify(body, null, 2), body as object);
    });

  installs
    .command('reseal')
    .description('Move the secrets of all installs to the first key of SECRETS_KEY, and seal those that are in the clear.')
    .option('--json', 'print JSON lines')
    .action(async (_options, command: Command) => {
      const { body } = await createAdminClient(config()).call('POST', '/v1/secrets/reseal');
      const counts = body as { readonly installs: number; readonly resealed: number; readonly unreadable: readonly string[] };
      const { installs, resealed, unreadable } = counts;
      const failed = unreadable.length === 0 ? '' : `; ${unreadable.length} with secrets that no key opens: ${unreadable.join(', ')}`;
      outputOf(command).line(`${resealed} of ${installs} installs resealed${failed}`, counts);
      if (unreadable.length > 0) throw new UsageError('not every secret is under the first key: keep the other keys');
    });

  installs
    .command('remove')
    .argument('<id>')
    .option(
      '--if-match <version>',
      'refuse unless the install still has this version, as apply and list print it; its present one unless given',
    )
    .option('--json', 'print JSON lines')
    .action(async (id: string, options: { ifMatch?: string }, command: Command) => {
      const admin = createAdminClient(config());
      const ifMatch = options.ifMatch === undefined ? await presentVersion(admin, id) : `"${options.ifMatch}"`;
      await admin.call('DELETE', pathOf(id), ifMatch === undefined ? {} : { ifMatch });
      outputOf(command).line(`${id} removed`, { kind: 'removed', id });
    });
}

interface InstallAnswer {
  readonly id: string;
  /** Entity tag of the version, quoted. */
  readonly etag: string;
  readonly paused: boolean;
  readonly document: {
    readonly client_name: string;
    readonly enabled?: boolean;
    readonly capabilities?: { readonly webhooks?: Readonly<Record<string, object>> };
  };
}

function printInstall(output: Output, what: string, { body }: AdminAnswer): void {
  const install = body as InstallAnswer & { readonly signing_secret?: string };
  const secret = install.signing_secret === undefined ? '' : `; signing secret, shown this once: ${install.signing_secret}`;
  output.line(`${install.id} ${what}, version ${versionText(install)}${secret}`, install);
}

function versionText({ etag }: InstallAnswer): string {
  return etag.slice(1, -1);
}

function describe(install: InstallAnswer): string {
  const { id, paused, document } = install;
  const state = paused ? 'paused' : document.enabled !== false ? 'enabled' : 'disabled';
  const types = Object.keys(document.capabilities?.webhooks ?? {}).filter((type) => type !== 'retry');
  return `${id} v${versionText(install)} ${state} ${document.client_name}: ${types.join(', ') || 'no webhooks'}`;
}

/** Entity tag of the install as it is, undefined where there is none. */
async function presentVersion(admin: AdminClient, id: string): Promise<string | undefined> {
  for await (const install of allInstalls(admin)) if (install.id === id) return install.etag;
  return undefined;
}

/** Every install that the token may see, by id, one page after the other. */
async function* allInstalls(admin: AdminClient): AsyncGenerator<InstallAnswer> {
  let query = '?limit=1000';
  for (;;) {
    const { body } = await admin.call('GET', `${BASE}${query}`);
    const { app_installs: found, next } = body as { readonly app_installs: readonly InstallAnswer[]; readonly next?: string | null };
    yield* found;
    // An admin of an earlier version has one page, without this member.
    if (!next) return;
    query = `?limit=1000&after=${encodeURIComponent(next)}`;
  }
}

async function readDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${file} is not a readable JSON document: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
