/** Signs sample requests with keys of a local issuer; used by `switchboard send`, the demo and tests. */
export interface SampleSigner {
  /** App names and credentials to address, per source entry. */
  readonly app: string;
  /** Audience the app is configured with. */
  readonly audience: string;
  readonly tenantId: string;
  /** Milliseconds since the epoch, used for times and ids in the sample. */
  readonly now: number;
  /** A fresh random id. */
  id(): string;
  /** Compact JWT over the claims; iat, nbf and exp are set from `now` unless given. */
  token(claims: Readonly<Record<string, unknown>>): Promise<string>;
  /** `HMAC <base64>` over the body with the app's first key. */
  hmac(body: Buffer): string;
  /** Lookup id of the HMAC key. */
  readonly hmacId: string;
}
