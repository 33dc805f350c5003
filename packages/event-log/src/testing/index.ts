export type { LogFactory } from './contract-parts.ts';
export { eventLogContract } from './event-log-contract.ts';
export { createManualClock, type ManualClock } from './manual-clock.ts';
