import type { JsonObject } from '../../body/json.ts';
import type { Source } from '../../source.ts';

/** What the entry of a source is made from. */
export interface ConformanceSetup {
  readonly metadataUrl: string;
  readonly audience: string;
  readonly tenantId: string;
  readonly hmacId: string;
  /** Reference to the secret of the outgoing webhook. */
  readonly hmacKey: { readonly env: string };
}

export interface ConformanceOptions {
  /** The entry of the source as SOURCES_FILE holds it. Where the source knows tenants, list the tenant. */
  entry(setup: ConformanceSetup): unknown;
  /** Audience of the app, default a GUID. */
  readonly audience?: string;
  /** Other sources of the same routes; none of them may recognize a sample of this one, nor the reverse. */
  readonly siblings?: readonly Source[];
  /** Bodies that hold secrets: the texts must not occur in any event. */
  readonly secretBodies?: readonly { readonly name: string; readonly body: JsonObject; readonly secrets: readonly string[] }[];
  /** Further bodies to start mutations from, beside the samples. */
  readonly bodies?: readonly Buffer[];
  /** Runs of each property, default 300. */
  readonly runs?: number;
}

/** One promise of a source: `run` rejects when it does not hold. */
export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}
