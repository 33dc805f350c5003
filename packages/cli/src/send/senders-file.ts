import { readFile } from 'node:fs/promises';
import { createSampleSigner, type SampleSigner, type SampleSignerOptions, type SourceId } from '@switchboard/sources';
import { UsageError } from '../usage-error.ts';

/** Apps and keys to sign with, by source. */
export type Senders = Readonly<Partial<Record<SourceId, SampleSignerOptions>>>;

/** Reads SWITCHBOARD_SENDERS_FILE, which the local stack writes. */
export async function readSenders(file: string | undefined): Promise<Senders> {
  if (file === undefined) {
    throw new UsageError(
      'no keys to sign with: start the local stack with `npm start` in this folder, or name a file in SWITCHBOARD_SENDERS_FILE',
    );
  }
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Senders;
  } catch (cause) {
    throw new UsageError(`SWITCHBOARD_SENDERS_FILE: ${file} is not a JSON file of senders`, { cause });
  }
}

export function signerFor(senders: Senders, source: SourceId, now: number): SampleSigner {
  const sender = senders[source];
  if (sender === undefined) throw new UsageError(`the senders file has no member "${source}"`);
  return createSampleSigner({ ...sender, now });
}
