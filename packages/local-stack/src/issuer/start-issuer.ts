import type { IncomingMessage, ServerResponse } from 'node:http';
import { createTestIssuer, type TestIssuer } from '@switchboard/source-kit/testing';
import type { CertificateAuthority } from '../tls/certificate-authority.ts';
import { listenHttps } from '../tls/https-server.ts';
import { failWith, type IssuerFailure } from './failure.ts';
import { type IssuerKeys, readIssuerKeys, writeIssuerKeys } from './issuer-keys.ts';
import { type IssuerName, issuerFacts, issuerNames } from './issuer-names.ts';

export interface IssuerOptions {
  readonly authority: CertificateAuthority;
  /** Where the private keys are kept between starts, for the issuer and for senders; fresh keys that nobody keeps without it. */
  readonly keysFile?: string;
  /** Default: any free one. */
  readonly port?: number;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** Origin in the documents' URLs, where it is not the listening address. */
  readonly origin?: string;
}

/** An HTTPS server in place of the issuers of all bearer tokens. */
export interface Issuer {
  readonly origin: string;
  readonly port: number;
  /** Metadata URLs, tokens and signers of each. */
  readonly issuers: Readonly<Record<IssuerName, TestIssuer>>;
  /** Makes a new key the signing one; earlier ones stay in the set until withdrawn. Kept like the others. */
  rotate(name: IssuerName): Promise<string>;
  withdraw(name: IssuerName, kid: string): void;
  /** Fails from now on, all issuers or one; undefined heals. */
  fail(failure: IssuerFailure | undefined, name?: IssuerName): void;
  /** Requests answered or cut so far. */
  requests(): number;
  stop(): Promise<void>;
}

export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const kept = options.keysFile === undefined ? undefined : await readIssuerKeys(options.keysFile);
  const failures = new Map<IssuerName, IssuerFailure>();
  const routes = new Map<string, { readonly name: IssuerName; readonly document: () => unknown }>();
  let requests = 0;

  const server = await listenHttps(
    await options.authority.issue(namesOf(options.origin)),
    { port: options.port ?? 0, host: options.host },
    handle,
  );
  const origin = options.origin ?? server.origin;
  const made = await Promise.all(issuerNames.map(async (name) => [name, await createIssuer(name, origin, kept)] as const));
  const issuers = Object.fromEntries(made) as Record<IssuerName, TestIssuer>;
  for (const name of issuerNames) {
    const issuer = issuers[name];
    routes.set(`/${name}${issuer.metadataPath}`, { name, document: () => issuer.metadata() });
    routes.set(`/${name}${issuer.keysPath}`, { name, document: () => issuer.jwks() });
  }

  const keep = async (): Promise<void> => {
    if (options.keysFile === undefined) return;
    const keys = Object.fromEntries(issuerNames.map((name) => [name, issuers[name].privateKeys()])) as unknown as IssuerKeys;
    await writeIssuerKeys(options.keysFile, keys);
  };
  await keep();

  function handle(request: IncomingMessage, response: ServerResponse): void {
    requests += 1;
    const route = routes.get((request.url ?? '').split('?')[0] ?? '');
    const sound = (): void => {
      if (route === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(route.document()));
    };
    const failure = route === undefined ? undefined : failures.get(route.name);
    if (failure === undefined) sound();
    else failWith(failure, response, sound);
  }

  return {
    origin,
    port: server.port,
    issuers,
    async rotate(name) {
      const kid = await issuers[name].rotate();
      await keep();
      return kid;
    },
    withdraw: (name, kid) => issuers[name].withdraw(kid),
    fail(failure, name) {
      for (const each of name === undefined ? issuerNames : [name]) {
        if (failure === undefined) failures.delete(each);
        else failures.set(each, failure);
      }
    },
    requests: () => requests,
    stop: () => server.stop(),
  };
}

function createIssuer(name: IssuerName, origin: string, kept: IssuerKeys | undefined): Promise<TestIssuer> {
  return createTestIssuer({ ...issuerFacts[name], origin: `${origin}/${name}`, keys: kept?.[name] ?? [] });
}

function namesOf(origin: string | undefined): string[] {
  return origin === undefined ? [] : [new URL(origin).hostname];
}
