export type { Clock } from './clock.ts';
export type * from './log.ts';
export { LogError } from './log-error.ts';
export type { LogLogger } from './logger.ts';
export { createMemoryLog, type MemoryLogOptions } from './memory-log.ts';
export { partitionOf } from './partition-of.ts';
export type { AppliedTopic, ApplyTopicsOptions } from './topics/apply-topics.ts';
export type { DeclaredTopic, SettingDifference } from './topics/topic-settings.ts';
