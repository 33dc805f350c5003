export type * from './log.ts';
export type { LogLogger } from './logger.ts';
