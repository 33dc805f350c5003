import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** What these tests look at of a service of docker-compose.yml. */
export interface ComposeService {
  readonly image: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>;
}

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const composeText = readFileSync(`${root}docker-compose.yml`, 'utf8');

/** The services as they are where no variable of the operator is set. */
export const composeServices: Readonly<Record<string, ComposeService>> = parse(withDefaults(composeText), { merge: true }).services;

/** Services of our own image, by name, with their environment as text. */
export function ownServices(): readonly (ComposeService & {
  readonly name: string;
  readonly entry: string;
  readonly variables: Record<string, string>;
})[] {
  return Object.entries(composeServices).flatMap(([name, service]) => {
    const entry = service.command?.find((argument) => argument.endsWith('.ts'));
    if (entry === undefined) return [];
    const variables = Object.fromEntries(Object.entries(service.environment ?? {}).map(([key, value]) => [key, String(value)]));
    return [{ ...service, name, entry, variables }];
  });
}

function withDefaults(text: string): string {
  return text.replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
}
