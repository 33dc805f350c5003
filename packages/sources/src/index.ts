export { createSampleSigner, type SampleRequest, type SampleSigner, type SampleSignerOptions } from '@switchboard/source-kit';
export { callingAddress } from './calling/callback-uri.ts';
export { type SourceId, sourceById, sources } from './registry.ts';
