import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { ConfigDefinition, Variables } from '@switchboard/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { cliConfig } from '../../packages/cli/src/config.ts';
import { issuerConfig, prepareConfig, receiverConfig } from '../../packages/local-stack/src/demo/config.ts';
import { configurationFiles } from '../../packages/local-stack/src/demo/configuration-files.ts';
import { startIssuer } from '../../packages/local-stack/src/issuer/start-issuer.ts';
import { brokerProperties } from '../../packages/local-stack/src/kafka/properties.ts';
import { readOrMakeCredentials } from '../../packages/local-stack/src/stack/credentials.ts';
import { allocatorEnvironment, nodeFlags, nodeFlagsOf } from '../../packages/local-stack/src/stack/service.ts';
import { serviceNames } from '../../packages/local-stack/src/stack/service-names.ts';
import { createCertificateAuthority } from '../../packages/local-stack/src/tls/certificate-authority.ts';
import { adminConfig } from '../../services/admin/src/config.ts';
import { deliveryConfig } from '../../services/delivery/src/config.ts';
import { ingressConfig } from '../../services/ingress/src/config.ts';
import { normalizerConfig } from '../../services/normalizer/src/config.ts';
import { composeServices, composeText, ownServices, root } from './compose-file.ts';

const definitions = {
  'services/ingress/src/main.ts': ingressConfig,
  'services/normalizer/src/main.ts': normalizerConfig,
  'services/delivery/src/main.ts': deliveryConfig,
  'services/admin/src/main.ts': adminConfig,
  'packages/cli/src/main.ts': cliConfig,
  'packages/local-stack/src/demo/prepare-main.ts': prepareConfig,
  'packages/local-stack/src/demo/issuer-main.ts': issuerConfig,
  'packages/local-stack/src/demo/receiver-main.ts': receiverConfig,
} as Readonly<Record<string, ConfigDefinition<Variables>>>;

const definitionOf = (entry: string): ConfigDefinition<Variables> => {
  const definition = definitions[entry];
  if (definition === undefined) throw new Error(`no configuration is known for ${entry}`);
  return definition;
};

/** Names under which a process takes its variables. */
const namesOf = (entry: string): readonly string[] =>
  Object.values(definitionOf(entry).variables).flatMap(({ name, type }) => (type === 'secret' ? [name, `${name}_FILE`] : [name]));

const secretNames = new Set(
  Object.values(definitions).flatMap(({ variables }) =>
    Object.values(variables).flatMap(({ name, type }) => (type === 'secret' ? [name] : [])),
  ),
);

// Any secret of the right form will do: what is asked is whether the file that holds it is named.
const files = { isReadable: () => true, readText: () => 'a1'.repeat(32) };

describe.each(ownServices())('service $name of docker-compose.yml', ({ entry, variables, ...service }) => {
  it('starts a file that there is', () => {
    expect(existsSync(join(root, entry))).toBe(true);
  });

  it('sets only variables that its process declares', () => {
    expect(Object.keys(variables).filter((name) => !namesOf(entry).includes(name))).toEqual([]);
  });

  it('sets every variable that its process requires, to values that it takes', () => {
    expect(definitionOf(entry).read(variables, files)).toMatchObject({ ok: true });
  });

  it('holds no secret', () => {
    expect(Object.keys(variables).filter((name) => secretNames.has(name))).toEqual([]);
  });

  it('runs the image that is built here', () => {
    expect(service).toMatchObject({ image: 'switchboard:local' });
  });

  it('waits for what it needs, and for the demo only where there is one', () => {
    for (const [name, { required = true }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(composeServices)).toContain(name);
      const ofDemo = composeServices[name]?.profiles?.includes('demo') ?? false;
      expect(required).toBe(!ofDemo || (service.profiles?.includes('demo') ?? false));
    }
  });

  it('is checked and started again when it should run on, and neither when it is a job', () => {
    const isJob = service.restart === 'no';
    expect(service.healthcheck === undefined).toBe(isJob);
    expect(service.restart).toBe(isJob ? 'no' : 'unless-stopped');
  });
});

describe('docker-compose.yml', () => {
  it.each(Object.entries(composeServices))('runs %s with a read-only root and without capabilities', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('publishes on the loopback address only', () => {
    const ports = Object.values(composeServices).flatMap((service) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('checks every published HTTP port of a service on the port that it listens on', () => {
    for (const { healthcheck, ports = [] } of ownServices().filter(({ entry }) => entry.startsWith('services/'))) {
      const port = healthcheck?.test.join(' ').match(/127\.0\.0\.1:(\d+)\/readyz/)?.[1];
      expect(ports.map((published) => published.split(':').at(-1))).toContain(port);
    }
  });

  it('pins every image and builds ours once', () => {
    const images = new Set(Object.values(composeServices).map(({ image }) => image));
    expect(images).toEqual(new Set(['apache/kafka:4.3.1', 'apicurio/apicurio-registry:3.3.3', 'switchboard:local']));
    expect(Object.values(composeServices).filter(({ build }) => build !== undefined)).toHaveLength(1);
  });

  it('gives the private keys of the demo to no service', () => {
    for (const { name, entry, volumes = [] } of ownServices()) {
      const mountsDemo = volumes.some((volume) => volume.split(':').includes('/demo'));
      expect(mountsDemo && entry.startsWith('services/'), name).toBe(false);
    }
  });

  it('runs a broker with the settings of the local stack', () => {
    const own = brokerProperties({ id: 1, port: 1, voters: [{ id: 1, controllerPort: 2 }], logDir: '/var/lib/kafka/data', settings: {} });
    const addresses = /^(listeners|advertised\.listeners|listener\.security|inter\.broker|controller\.quorum)/;
    const settings = (lines: readonly string[]) => lines.filter((line) => !addresses.test(line)).toSorted();
    const composed = Object.entries(composeServices.kafka?.environment ?? {}).flatMap(([name, value]) =>
      name.startsWith('KAFKA_') && name !== 'KAFKA_HEAP_OPTS'
        ? [`${name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.')}=${value}`]
        : [],
    );
    expect(settings(composed)).toEqual(settings(own.trimEnd().split('\n')));
  });

  it('names every variable of the operator in .env.example', () => {
    const example = readFileSync(join(root, '.env.example'), 'utf8');
    const variables = new Set([...composeText.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name));
    expect([...variables].filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example))).toEqual([]);
    const given = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(given.filter((name) => !variables.has(name))).toEqual([]);
  });
});

describe('the files that the demo writes for the services', () => {
  it('complete the configuration of every service, with variables that it declares and files that are there', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'switchboard-demo-'));
    const authority = await createCertificateAuthority({ directory: join(directory, 'authority') });
    const issuer = await startIssuer({ authority, origin: 'https://demo-issuer:18443' });
    onTestFinished(async () => {
      await issuer.stop();
      await rm(directory, { recursive: true });
    });
    const written = configurationFiles({
      issuer,
      credentials: await readOrMakeCredentials(join(directory, 'credentials.json')),
      authorityPem: authority.pem,
      directory: '/etc/switchboard',
      ingressUrl: 'http://127.0.0.1:18080',
      receiverUrl: 'https://demo-receiver:18444',
      networks: ['172.20.0.3/16'],
    });
    const textAt = (path: string): string | undefined => written[path.replace(/^\/etc\/switchboard\//, '')];
    const readText = (path: string): string => {
      const text = textAt(path);
      if (text === undefined) throw new Error(`${path} is not written`);
      return text;
    };

    for (const { name, entry, command, variables } of ownServices().filter((service) => service.entry.startsWith('services/'))) {
      const file = command?.find((argument) => argument.startsWith('--env-file-if-exists='))?.split('=')[1] ?? '';
      const more = parseEnv(textAt(file) ?? '') as Record<string, string>;
      expect(Object.keys(more).filter((variable) => !namesOf(entry).includes(variable))).toEqual([]);
      const outcome = definitionOf(entry).read({ ...more, ...variables }, { isReadable: (path) => textAt(path) !== undefined, readText });
      expect(outcome, name).toMatchObject({ ok: true });
    }
    const sources = JSON.stringify(parse(readText('/etc/switchboard/sources.yaml')));
    const named = [...sources.matchAll(/"file":"([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(named.length).toBeGreaterThan(0);
    for (const path of named) expect(readText(path)).not.toBe('');
    expect(sources).toContain('https://demo-issuer:18443/');
  });
});

describe('.npmrc', () => {
  it('keeps install scripts of packages from running, on this machine and in the image', () => {
    expect(readFileSync(join(root, '.npmrc'), 'utf8').split('\n')).toContain('ignore-scripts=true');
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toMatch(/^COPY .*\.npmrc /m);
  });
});

describe('Dockerfile', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

  it('installs the dependencies of every workspace', () => {
    const manifests = globSync('{packages,services}/*/package.json', { cwd: root }).toSorted();
    const copied = [...dockerfile.matchAll(/^COPY (\S+\/package\.json) (\S+)\/$/gm)].map(([, from, to]) => {
      expect(from).toBe(`${to}/package.json`);
      return from;
    });
    expect(copied.toSorted()).toEqual(manifests);
  });

  it('builds without BuildKit', () => {
    expect(dockerfile).not.toMatch(/^# *syntax=|--mount=|--link\b|<<-?\s*["']?[A-Z]/im);
  });

  it('pins its base and ends as a user without rights', () => {
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual(['node:24-bookworm-slim', 'node:24-bookworm-slim']);
    expect([...dockerfile.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1]).toBe('node');
  });
});

describe('the image', () => {
  it('runs a service as the local stack does', () => {
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    const [, entrypoint = '[]'] = /^ENTRYPOINT (.+)$/m.exec(dockerfile) ?? [];
    expect(JSON.parse(entrypoint)).toEqual(['node', ...nodeFlags]);
    // Of a flag that is given twice, Node takes the last.
    for (const service of serviceNames) {
      const { command = [] } = composeServices[service] ?? {};
      const flags = command.filter((each) => each.startsWith('--max-'));
      expect([service, [...nodeFlags, ...flags].at(-1)]).toEqual([service, nodeFlagsOf(service).at(-1)]);
    }
    const [, settings = ''] = /^ENV NODE_ENV=production (.+)$/m.exec(dockerfile) ?? [];
    expect(Object.fromEntries(settings.split(' ').map((each) => each.split('=')))).toEqual(allocatorEnvironment);
  });
});
