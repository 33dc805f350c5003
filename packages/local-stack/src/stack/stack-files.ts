import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isClaimed } from '../process/claim.ts';
import { writePrivately } from './credentials.ts';

/** Where everything of a stack stands under its data directory. */
export function stackFiles(dataDir: string) {
  return {
    kafka: join(dataDir, 'kafka'),
    registry: join(dataDir, 'registry'),
    authority: join(dataDir, 'authority'),
    logs: join(dataDir, 'logs'),
    services: join(dataDir, 'services'),
    credentials: join(dataDir, 'secrets', 'credentials.json'),
    routingKey: join(dataDir, 'secrets', 'routing-key'),
    hmacKey: join(dataDir, 'secrets', 'hmac-key'),
    issuerKeys: join(dataDir, 'secrets', 'issuer-keys.json'),
    senders: join(dataDir, 'secrets', 'senders.json'),
    adminTokens: join(dataDir, 'secrets', 'admin-tokens.json'),
    sources: join(dataDir, 'sources.yaml'),
    environment: join(dataDir, 'secrets', 'environment.json'),
  } as const;
}

/** Environment variables with which the command line tool finds the stack that runs on the directory; empty where none runs. */
export function readStackEnvironment(dataDir: string): Readonly<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(readFileSync(stackFiles(dataDir).environment, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return {};
  }
}

/** Whether the stack of the directory runs: one that was killed leaves its environment behind. */
export async function isStackRunning(dataDir: string): Promise<boolean> {
  return (await isClaimed(dataDir)) && Object.keys(readStackEnvironment(dataDir)).length > 0;
}

export function writeStackEnvironment(dataDir: string, environment: Readonly<Record<string, string>>): Promise<void> {
  return writePrivately(stackFiles(dataDir).environment, JSON.stringify(environment, null, 1));
}

export function removeStackEnvironment(dataDir: string): Promise<void> {
  return rm(stackFiles(dataDir).environment, { force: true });
}
