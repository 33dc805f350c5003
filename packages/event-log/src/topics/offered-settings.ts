import { protocolCode } from '../kafkajs/errors/errors.ts';
import { rootFailure } from '../kafkajs/errors/failure.ts';
import { indispensable, type TopicSettings } from './topic-settings.ts';

const INVALID_CONFIG = 40;
const POLICY_VIOLATION = 44;

/** True when the cluster refused a setting, as managed clusters do with those that are theirs to choose. */
export function isRefusal(error: unknown): boolean {
  const code = protocolCode(rootFailure(error));
  return code === INVALID_CONFIG || code === POLICY_VIOLATION;
}

export interface OfferedSettings {
  readonly offered: TopicSettings;
  /** Names of those that the cluster refused. */
  readonly refused: readonly string[];
}

/**
 * The most of the settings that the cluster accepts together. It does not say which one it refused, and a policy may demand
 * one while it refuses another: so every choice is validated, larger ones first. Throws the refusal where no choice is accepted.
 */
export async function offeredSettings(settings: TopicSettings, validate: (some: TopicSettings) => Promise<void>): Promise<OfferedSettings> {
  let refusal: unknown;
  for (const refused of choices(Object.keys(settings).filter((name) => !indispensable.has(name)))) {
    const offered = Object.fromEntries(Object.entries(settings).filter(([name]) => !refused.includes(name)));
    try {
      await validate(offered);
      return { offered, refused };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

/** Every choice of the names, smaller ones first: 16 of the 4 settings that a cluster may refuse. */
export function choices(names: readonly string[]): readonly (readonly string[])[] {
  const all: (readonly string[])[] = [[]];
  for (const name of names) all.push(...all.map((choice) => [...choice, name]));
  return all.toSorted((one, other) => one.length - other.length);
}
