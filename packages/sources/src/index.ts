export { callingAddress } from './calling/callback-uri.ts';
export { type SourceId, sourceById, sources } from './registry.ts';
