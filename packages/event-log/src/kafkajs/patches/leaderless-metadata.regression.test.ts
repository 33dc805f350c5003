import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { MetadataResponse } from './leaderless-metadata.ts';
import { kafkajsPath, loadKafkajs } from './load-kafkajs.ts';

loadKafkajs();
const require = createRequire(import.meta.url);
const parseOf = (version: number) =>
  (require(kafkajsPath(`src/protocol/requests/metadata/v${version}/response.js`)) as MetadataResponse).parse;
const metadata = (topicErrorCode: number, ...codes: readonly number[]) => ({
  brokers: [],
  topicMetadata: [
    {
      topicErrorCode,
      topic: 't',
      partitionMetadata: codes.map((code, partitionId) => ({ partitionErrorCode: code, partitionId, leader: code === 0 ? 1 : -1 })),
    },
  ],
});

describe.each([0, 1, 2, 3, 4, 5, 6])('the response to Metadata v%i', (version) => {
  it.each([5, 9, 72])('has the leaders of other partitions while one has error %i', async (code) => {
    const decoded = metadata(0, 0, code);
    expect(await parseOf(version)(decoded)).toEqual(decoded);
  });

  it('is an error of a topic or of any other kind as before', async () => {
    await expect(parseOf(version)(metadata(3))).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await expect(parseOf(version)(metadata(0, 0, 29))).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
  });
});
