import { createSampleSigner, type SampleHead, type SampleSigner, type SampleSignerOptions } from '@switchboard/source-kit';
import { type SourceId, sourceById } from '@switchboard/sources';

/** Apps and keys to sign with, by source. */
export type Senders = Readonly<Partial<Record<SourceId, SampleSignerOptions>>>;

/** Platforms use a token for as long as it holds. */
const TOKEN_MS = 120_000;

/** Signs bodies as their platform does: with a token for many requests, and ids of its own for each. */
export function createRequestSigner(senders: Senders, now: () => number): (source: SourceId, body: Buffer) => Promise<SampleHead> {
  const signers = new Map<SourceId, { readonly signer: SampleSigner; readonly until: number }>();

  function signerOf(source: SourceId): SampleSigner {
    const known = signers.get(source);
    if (known !== undefined && known.until > now()) return known.signer;
    const options = senders[source];
    if (options === undefined) throw new Error(`nobody sends for ${source}`);
    const fresh = createSampleSigner({ ...options, now: now() });
    let token: Promise<string> | undefined;
    const signer: SampleSigner = {
      ...fresh,
      token: (claims) => {
        token ??= fresh.token(claims);
        return token;
      },
    };
    signers.set(source, { signer, until: now() + TOKEN_MS });
    return signer;
  }

  return async (source, body) => {
    const found = sourceById(source);
    if (found === undefined) throw new Error(`there is no source ${source}`);
    return found.sign(signerOf(source), body);
  };
}
