export { type SourceId, sourceById, sources } from './registry.ts';
